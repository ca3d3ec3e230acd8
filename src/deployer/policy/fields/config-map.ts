import { isRecord } from '../../observe/read.ts';
import { entries, fields, type Shape, shown } from '../shape.ts';
import { exactly } from '../values.ts';
import { metadata } from './metadata.ts';

const KEY = /^[-._a-zA-Z0-9]{1,253}$/;

const data: Shape = {
  rule: 'config-map.size',
  allows: 'text of at most `limits.config_map_bytes` bytes together, under keys of letters, digits, `-`, `_` and `.`',
  check(candidate, visit) {
    if (!isRecord(candidate)) return visit.refuse('config-map.size', `is ${shown(candidate)}`, this.allows);
    const most = visit.given.policy.limits.config_map_bytes;
    let left = most;
    for (const [key, text] of entries(candidate, visit)) {
      if (!KEY.test(key) || key.startsWith('..') || key === '.')
        visit.refuse('config-map.size', 'is no key', 'letters, digits, "-", "_" and "."', key);
      if (typeof text !== 'string') visit.refuse('config-map.size', `is ${shown(text)}`, 'text', key);
      else left -= Buffer.byteLength(text) + key.length;
      if (left >= 0) continue;
      return visit.refuseByPolicy('config-map.size', 'is too much, or what comes before it', `${most} bytes together`, key);
    }
  },
};

export const configMap = fields({
  rule: 'config-map.field',
  fields: {
    apiVersion: exactly('config-map.field', 'v1'),
    kind: exactly('config-map.field', 'ConfigMap'),
    metadata: metadata('excludes', 'pathList'),
    data,
  },
});

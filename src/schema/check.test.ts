import { expect, test } from 'bun:test';
import { Type } from '@sinclair/typebox';
import { check } from './check.ts';
import { NewCluster } from './cluster.ts';

const faults = (document: unknown, schema: Parameters<typeof check>[0] = NewCluster) => {
  const checked = check(schema, document);
  return checked.ok ? {} : Object.fromEntries(checked.faults.map(({ path, message }) => [path, message]));
};

test('what is wrong with a document is told in words, each fault with what would be right', () => {
  const profile = { use_csi_driver: 'no', ingress_class: '', tolerations: {}, gpu: { vendor: 'nvidea' }, capacity: { slots: -1 }, gatewy: {} };
  expect(faults({ deployer_url: 'http://d', enabled: 'yes', priority: 1.5, profile })).toEqual({
    name: 'is required',
    enabled: 'must be true or false',
    priority: 'must be a whole number',
    'profile.use_csi_driver': 'must be true or false',
    'profile.ingress_class': expect.stringMatching(/^must be a DNS-1123 subdomain: /),
    'profile.tolerations': 'must be a list',
    'profile.gpu.vendor': 'must be one of nvidia, amd, intel',
    'profile.capacity.slots': 'must be at least 0',
    'profile.gatewy': 'is not a known key',
  });
  expect(faults({ name: 'x'.repeat(256), deployer_url: 'http://d', priority: 1_000_001 })).toEqual({
    name: 'must be a name of 1 to 255 characters on one line',
    priority: 'must be at most 1000000',
  });
  expect(faults([])).toEqual({ '': 'must be an object' });
});

test('what may have several forms is not told the name of a type', () => {
  expect(faults(true, Type.Union([Type.String(), Type.Object({ a: Type.Number() })]))).toEqual({ '': 'must be of another form' });
});

test('at most 100 faults are told', () => {
  const checked = check(
    Type.Array(Type.String()),
    Array.from({ length: 200 }, (_, n) => n),
  );
  expect(checked).toMatchObject({ ok: false, faults: { length: 100 } });
});

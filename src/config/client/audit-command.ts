import { name, wholeNumber } from '../options/option.ts';
import type { ClientCommand } from './command.ts';
import { connectionOptions, outputOptions } from './connection-options.ts';

const group = 'Audit';

export const auditCommand = {
  name: 'audit',
  operands: [],
  summary: 'who changed which cluster, the latest first',
  description:
    'Every change of a cluster, also one that was made by hand in the database, with who made it and what it changed. Documents have the cluster before and after.',
  options: {
    ...connectionOptions,
    ...outputOptions,
    cluster: name({ flag: 'cluster', group, isOptional: true, help: 'only changes of this cluster, by id or by the name that it had then' }),
    limit: wholeNumber(1, 500)({ flag: 'limit', group, default: '50', help: 'so many at most' }),
    before: name({
      flag: 'before',
      group,
      isOptional: true,
      metavar: 'PLACE',
      help: 'go on behind this place, which the page before gives in its last line',
    }),
  },
  examples: [
    ['what was done to a cluster', 'vice audit --cluster west'],
    ['by whom', "vice audit --limit 500 -o json | jq -r '.entries[].subject' | sort | uniq -c"],
  ],
} as const satisfies ClientCommand;

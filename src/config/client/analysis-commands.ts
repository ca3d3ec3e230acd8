import { boolean, list, name, wholeNumber } from '../options/option.ts';
import type { ClientCommand } from './command.ts';
import { confirmOptions, connectionOptions, outputOptions } from './connection-options.ts';

const shared = { ...connectionOptions, ...outputOptions };
const analysis = 'Analysis';

const waitOptions = (help: string) => ({
  wait: boolean({ flag: 'wait', group: analysis, default: 'false', help }),
  timeout: wholeNumber(1, 86_400, 'SECONDS')({ flag: 'timeout', group: analysis, default: '600', help: 'with --wait: how long at most' }),
});

export const launchCommand = {
  name: 'launch',
  operands: ['FILE'],
  summary: 'launch an analysis, as the platform does',
  description:
    'FILE is the body of a launch, as apps sends it; - for standard input. Done when every object stands in a cluster; with --wait when its page answers. Exit code 1 when it is refused or will not run, with what to do.',
  options: { ...shared, ...waitOptions('until its page answers') },
  examples: [
    ['and wait until a user could open it', 'vice launch launch.json --wait'],
    ['what would be sent, without sending it', 'vice spec launch.json --config service.yml -o yaml'],
  ],
} as const satisfies ClientCommand;

export const statusCommand = {
  name: 'status',
  operands: ['[ID]'],
  summary: 'how an analysis is, or which there are',
  description:
    'With an ID (the external id, uuid of the launch): the analysis and what its cluster says of it now. Without: the analyses that have not ended, the latest first.',
  options: {
    ...shared,
    cluster: name({ flag: 'cluster', group: analysis, isOptional: true, help: 'without an ID: only those of this cluster, by name or id' }),
    user: name({ flag: 'user', group: analysis, isOptional: true, help: 'without an ID: only those of this user, by name or id' }),
    state: list({
      flag: 'state',
      group: analysis,
      default: '',
      metavar: 'STATE,...',
      help: 'without an ID: only in these states; all for every one',
    }),
    limit: wholeNumber(1, 1_000)({ flag: 'limit', group: analysis, default: '100', help: 'without an ID: so many at most' }),
  },
  examples: [
    ['one analysis', 'vice status 07b04ce2-7757-4b21-9e15-0b4c2f44be26'],
    ['what lives in a cluster', 'vice status --cluster west'],
    ['what failed lately', 'vice status --state failed --limit 20'],
  ],
} as const satisfies ClientCommand;

export const logsCommand = {
  name: 'logs',
  operands: ['ID'],
  summary: 'what an analysis writes',
  description:
    'Of the container analysis, unless another is named. With -f it goes on until the container ends, also when a deployer is replaced meanwhile.',
  options: {
    ...shared,
    follow: boolean({ flag: 'follow', short: 'f', group: analysis, default: 'false', help: 'go on with new lines as they are written' }),
    container: name({ flag: 'container', short: 'c', group: analysis, isOptional: true, help: 'another container; init containers too' }),
    previous: boolean({ flag: 'previous', short: 'p', group: analysis, default: 'false', help: 'its life before the last restart' }),
    since: wholeNumber(
      1,
      1_000_000_000,
      'SECONDS',
    )({ flag: 'since', group: analysis, isOptional: true, help: 'only lines of the last so many seconds' }),
    tail: wholeNumber(0, 1_000_000_000)({ flag: 'tail', group: analysis, isOptional: true, help: 'only the last so many lines' }),
    timestamps: boolean({ flag: 'timestamps', group: analysis, default: 'false', help: 'each line begins with its time' }),
  },
  examples: [
    ['the last lines, and those that come', 'vice logs 07b04ce2-7757-4b21-9e15-0b4c2f44be26 -f --tail 20'],
    ['why it does not start', 'vice logs 07b04ce2-7757-4b21-9e15-0b4c2f44be26 -c input-files-init'],
  ],
} as const satisfies ClientCommand;

export const exitCommand = {
  name: 'exit',
  operands: ['ID'],
  summary: 'end an analysis; nothing of its outputs is saved',
  description: 'Done when the end is written down; with --wait when its cluster has nothing of it any more. Asks first, unless --yes.',
  options: { ...shared, ...waitOptions('until its cluster has nothing of it any more'), ...confirmOptions },
  examples: [['in a script', 'vice exit 07b04ce2-7757-4b21-9e15-0b4c2f44be26 --yes --wait']],
} as const satisfies ClientCommand;

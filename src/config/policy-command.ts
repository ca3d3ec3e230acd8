import type { Policy } from '../schema/policy.ts';
import { freeze } from './freeze.ts';
import { policyOptions, standaloneOptions } from './options/deployer-options.ts';
import { oneOf } from './options/option.ts';
import { policyIn } from './policy-file.ts';
import { type Environment, read } from './read.ts';
import { refuseFaults } from './resolve.ts';

/** What `vice policy` is told. */
export type PolicyConfig = {
  readonly policy: Policy;
  readonly output: 'table' | 'json' | 'yaml';
} & ({ readonly action: 'show' } | { readonly action: 'check'; readonly document: string; readonly maxBodyBytes: number });

export const policyReads = {
  options: {
    ...policyOptions,
    maxBodyBytes: standaloneOptions.maxBodyBytes,
    output: oneOf('table', 'json', 'yaml')({ flag: 'output', short: 'o', group: 'Command', default: 'table', help: 'how the answer is printed' }),
  },
  ignored: [],
  others: standaloneOptions,
  operands: 2,
} as const;

/** @throws ConfigurationError with every fault at once, those of the policy among them */
export function loadPolicyConfig(argv: readonly string[], env: Environment): PolicyConfig {
  const { values, operands, faults } = read(policyReads, argv, env);
  const [action, document] = operands;
  if (action !== 'check' && action !== 'show') faults.push({ path: 'ACTION', message: wrongAction(action) });
  if (action === 'check' && document === undefined) faults.push({ path: 'FILE', message: 'is required: a deployment spec, or - for standard input' });
  if (action === 'show' && document !== undefined) faults.push({ path: document, message: 'is not expected here' });
  const policy = policyIn(values.policy, faults);
  refuseFaults(faults);
  const { output, maxBodyBytes } = values;
  return freeze(action === 'show' ? { action, policy, output } : { action: 'check', policy, output, document: document ?? '-', maxBodyBytes });
}

function wrongAction(action: string | undefined): string {
  return action === undefined ? 'is required: check or show' : `must be check or show, not ${JSON.stringify(action)}`;
}

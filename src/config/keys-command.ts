import { outputOptions } from './client/connection-options.ts';
import { type KeyText, keyTextOf } from './key-text.ts';
import { coordinatorOptions, databaseOptions, keyOptions } from './options/coordinator-options.ts';
import { ignoredFlags } from './options/ignored-flags.ts';
import { specOptions } from './options/spec-options.ts';
import { type Environment, read } from './read.ts';
import { refuseFaults } from './resolve.ts';

/** What `vice keys` is told. */
export type KeysConfig =
  | { readonly action: 'generate' }
  /** `dbUri` holds a password, `keys` are secret: neither is ever logged. */
  | { readonly action: 'rotate'; readonly dbUri: string; readonly keys: KeyText; readonly output: 'table' | 'json' | 'yaml' };

const shared = { ignored: ignoredFlags, others: { ...coordinatorOptions, ...specOptions }, operands: 1 } as const;
/** A key is made from nothing, so nothing is required for it. */
const generateReads = { ...shared, options: { ...keyOptions, ...outputOptions } } as const;
export const keysReads = { ...shared, options: { ...databaseOptions, ...keyOptions, ...outputOptions } } as const;

/** @throws ConfigurationError with every fault at once */
export function loadKeysConfig(argv: readonly string[], env: Environment): KeysConfig {
  const isGenerate = argv.includes('generate');
  const { values, operands, faults } = isGenerate ? { ...read(generateReads, argv, env), values: undefined } : read(keysReads, argv, env);
  const [action] = operands;
  if (action !== 'generate' && action !== 'rotate') faults.push({ path: 'ACTION', message: 'is required: generate or rotate' });
  if (values === undefined) {
    refuseFaults(faults);
    return { action: 'generate' };
  }
  const keys = keyTextOf(values, faults);
  if (keys === undefined && faults.length === 0) faults.push({ path: '--keys-file', message: 'is required, or the keys as clusters.keys' });
  refuseFaults(faults);
  return { action: 'rotate', dbUri: values.dbUri, output: values.output, keys: keys ?? { text: '', origin: '' } };
}

import { ConfigurationError } from '../errors/errors.ts';
import type { Fault } from '../schema/check.ts';
import { outputOptions } from './client/connection-options.ts';
import { type CoordinatorConfig, loadCoordinatorConfig } from './coordinator.ts';
import { type DeployerConfig, loadDeployerConfig } from './deployer.ts';
import { coordinatorOptions } from './options/coordinator-options.ts';
import { standaloneOptions } from './options/deployer-options.ts';
import { ignoredFlags } from './options/ignored-flags.ts';
import { specOptions } from './options/spec-options.ts';
import { type Environment, read } from './read.ts';
import { refuseFaults } from './resolve.ts';

/** What `vice doctor` is told: the configuration of what it looks after, or what is wrong with that. */
export type DoctorConfig = { readonly output: 'table' | 'json' | 'yaml' } & (
  | { readonly of: 'coordinator'; readonly config: CoordinatorConfig | Faulty }
  | { readonly of: 'deployer'; readonly config: DeployerConfig | Faulty }
);

/** A configuration that cannot be used is a finding, and no reason to look at nothing. */
export interface Faulty {
  readonly faults: readonly Fault[];
}

const { namespace, kubeconfig, mtls, tlsCert, tlsKey, clientCa } = standaloneOptions;
export const doctorOptions = {
  ...outputOptions,
  kubeconfig: { ...kubeconfig, help: 'look at a deployer’s cluster, with the rights of this account' },
  ...{ namespace, mtls, tlsCert, tlsKey, clientCa },
};

const shared = { ignored: [], operands: 0 } as const;
const outputReads = { ...shared, options: outputOptions, ignored: ignoredFlags, others: { ...coordinatorOptions, ...specOptions } };
const deployerOutputReads = { ...shared, options: outputOptions, others: standaloneOptions };

/** With `--kubeconfig` or `--vice-namespace` a deployer is meant. @throws ConfigurationError when the command line cannot be understood */
export function loadDoctorConfig(argv: readonly string[], env: Environment): DoctorConfig {
  const isOfDeployer = argv.some((token) => /^--?(kubeconfig|vice-namespace)(=|$)/.test(token));
  const { values, faults, operands } = isOfDeployer ? read(deployerOutputReads, argv, env) : read(outputReads, argv, env);
  const ofCommandLine = faults.filter(({ path }) => path.startsWith('-') || operands.includes(path));
  refuseFaults(ofCommandLine, 'the command line of vice doctor');
  const { output } = values;
  const rest = withoutOutput(argv);
  return isOfDeployer
    ? { of: 'deployer', output, config: orFaults(() => loadDeployerConfig(rest, env)) }
    : { of: 'coordinator', output, config: orFaults(() => loadCoordinatorConfig(rest, env)) };
}

function orFaults<T>(load: () => T): T | Faulty {
  try {
    return load();
  } catch (err) {
    if (err instanceof ConfigurationError) return { faults: err.faults ?? [{ path: '', message: err.message }] };
    throw err;
  }
}

/** The command line as a mode knows it. */
function withoutOutput(argv: readonly string[]): readonly string[] {
  return argv.filter((token, index) => !/^--?(o|output)(=|$)/.test(token) && !/^--?(o|output)$/.test(argv[index - 1] ?? ''));
}

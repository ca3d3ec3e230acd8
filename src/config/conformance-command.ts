import { freeze } from './freeze.ts';
import { deployerOptions } from './options/deployer-options.ts';
import { boolean, file, list, oneOf, url } from './options/option.ts';
import { type Environment, read } from './read.ts';
import { refuseFaults } from './resolve.ts';

/** What `vice conformance` is told. Everything that is a file is its path. */
export interface ConformanceConfig {
  /** Without a slash at its end. */
  readonly url: string;
  readonly secondUrl?: string;
  readonly caCert?: string;
  readonly clientCert?: string;
  readonly clientKey?: string;
  readonly kubeconfig?: string;
  readonly namespace: string;
  /** Names of groups of cases; empty: all. */
  readonly only: readonly string[];
  readonly specTemplate?: string;
  readonly isExclusive: boolean;
  readonly output: 'table' | 'json';
}

const group = 'Command';

export const conformanceReads = {
  options: {
    url: url({ flag: 'url', group, isRequired: true, help: 'the deployer, with the path before /api/v1 if there is one' }),
    secondUrl: url({ flag: 'second-url', group, isOptional: true, help: 'another deployer on the same cluster, shown the same certificates' }),
    caCert: file({ flag: 'ca-cert', group, isOptional: true, help: "authority of the deployer's certificate, PEM; default: those of the system" }),
    clientCert: file({ flag: 'client-cert', group, isOptional: true, help: 'certificate that is shown to the deployer, PEM' }),
    clientKey: file({ flag: 'client-key', group, isOptional: true, help: 'its key, PEM' }),
    kubeconfig: file({
      flag: 'kubeconfig',
      group,
      isOptional: true,
      help: "of the deployer's cluster: cases look at its objects and change some of their own by hand",
    }),
    namespace: { ...deployerOptions.namespace, group, help: 'with --kubeconfig: the namespace that analyses run in' },
    only: list({ flag: 'only', group, default: '', metavar: 'GROUP,...', help: 'these groups of cases and no others' }),
    specTemplate: file({
      flag: 'spec-template',
      group,
      isOptional: true,
      help: 'deployment spec, JSON or YAML, of which each case makes its own; default: a small one with a volume',
    }),
    exclusive: boolean({
      flag: 'exclusive',
      group,
      default: 'false',
      help: 'nobody else launches meanwhile: cases that would disturb others, or be disturbed, are run too',
    }),
    output: oneOf('table', 'json')({ flag: 'output', short: 'o', group, default: 'table', help: 'how the verdicts are printed' }),
  },
  ignored: [],
  others: {},
  operands: 0,
} as const;

/** @throws ConfigurationError with every fault at once */
export function loadConformanceConfig(argv: readonly string[], env: Environment): ConformanceConfig {
  const { values, faults } = read(conformanceReads, argv, env);
  const { secondUrl, caCert, clientCert, clientKey, kubeconfig, specTemplate } = values;
  if (clientCert !== undefined && clientKey === undefined) faults.push({ path: '--client-key', message: 'is required with --client-cert' });
  if (clientKey !== undefined && clientCert === undefined) faults.push({ path: '--client-cert', message: 'is required with --client-key' });
  refuseFaults(faults);
  return freeze({
    url: withoutSlash(values.url),
    namespace: values.namespace,
    only: values.only,
    isExclusive: values.exclusive,
    output: values.output,
    ...(secondUrl !== undefined && { secondUrl: withoutSlash(secondUrl) }),
    ...(caCert !== undefined && { caCert }),
    ...(clientCert !== undefined && { clientCert }),
    ...(clientKey !== undefined && { clientKey }),
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(specTemplate !== undefined && { specTemplate }),
  });
}

function withoutSlash(text: string): string {
  return text.replace(/\/+$/, '');
}

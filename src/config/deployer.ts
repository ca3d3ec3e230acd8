import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LevelWithSilent } from 'pino';
import type { Fault } from '../schema/check.ts';
import type { Policy } from '../schema/policy.ts';
import { freeze } from './freeze.ts';
import { logLevelOf } from './levels.ts';
import { textOfNamed } from './named-file.ts';
import { lambdaOptions, standaloneOptions } from './options/deployer-options.ts';
import { policyIn } from './policy-file.ts';
import { type Environment, read } from './read.ts';
import { refuseFaults } from './resolve.ts';

/** Everything that a deployer is told from outside. Neither `kubeconfig` nor `kubeconfigText`: the account of the pod it runs in. */
export interface DeployerConfig {
  readonly port: number;
  readonly hostname: string;
  readonly maxBodyBytes: number;
  /** Specs that are read and applied at once; more are refused as overloaded. */
  readonly maxApplies: number;
  readonly logLevel: LevelWithSilent;
  /** After SIGTERM, how long requests under way may take. */
  readonly drainSeconds: number;
  /** The only namespace that it touches. */
  readonly namespace: string;
  /** What analyses may have in this cluster. */
  readonly policy: Policy;
  /** Label selector of the nodes that analyses run on. */
  readonly nodeSelector: string;
  /** Path of a kubeconfig. */
  readonly kubeconfig?: string;
  /** A kubeconfig itself. Holds keys: never logged. */
  readonly kubeconfigText?: string;
  /** Where transfer programs answer, with `{external_id}` in the place of it. Absent: at their Services in a pod, else nowhere. */
  readonly transferUrl?: string;
  /** Absent: plain HTTP. */
  readonly tlsFiles?: TlsFiles;
  /** To be logged once at start. */
  readonly warnings: readonly string[];
}

/** Paths of PEM files. They are read when they change too, so that the texts are no part of the configuration. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** Set: only clients with a certificate of these authorities. */
  readonly clientCaFile?: string;
  readonly crlFile?: string;
  /** Only clients with one of these names; empty: all of the authorities. */
  readonly clientNames: readonly string[];
  /** Where probes are answered in the clear. Absent: nowhere else. */
  readonly probePort?: number;
}

export const standaloneReads = { options: standaloneOptions, ignored: [], others: {}, operands: 0 } as const;
export const lambdaReads = { options: lambdaOptions, ignored: [], others: {}, operands: 0 } as const;

const MTLS_PORT = 8443;

/** Of `--mode=standalone`. @throws ConfigurationError with every fault at once */
export function loadDeployerConfig(argv: readonly string[], env: Environment): DeployerConfig {
  const { values, warnings: ignored, sources, faults } = read(standaloneReads, argv, env);
  const { hostname, maxBodyBytes, maxApplies, drainSeconds, namespace, nodeSelector, mtls, transferUrl } = values;
  const port = mtls && sources.find(standaloneOptions.port) === undefined ? MTLS_PORT : values.port;
  const tlsFiles = tlsFilesOf(values, faults);
  const kubernetes = findKubeconfig(values.kubeconfig, env, faults);
  const warnings = [...ignored];
  const policy = policyIn(values.policy, faults, warnings);
  refuseFaults(faults);
  const process = { port, hostname, maxBodyBytes, maxApplies, drainSeconds, logLevel: logLevelOf(values.logLevel) };
  const reached = transferUrl === undefined ? {} : { transferUrl };
  return freeze({ ...process, namespace, nodeSelector, policy, ...kubernetes, ...reached, ...(tlsFiles && { tlsFiles }), warnings });
}

/** Of `--mode=lambda`: as above, without everything that belongs to a socket. @throws ConfigurationError with every fault at once */
export function loadLambdaConfig(
  argv: readonly string[],
  env: Environment,
): Omit<DeployerConfig, 'port' | 'hostname' | 'maxApplies' | 'drainSeconds' | 'tlsFiles'> {
  const { values, warnings: ignored, faults } = read(lambdaReads, argv, env);
  const kubernetes = findKubeconfig(values.kubeconfig, env, faults);
  const warnings = [...ignored];
  const policy = policyIn(values.policy, faults, warnings);
  refuseFaults(faults);
  const { namespace, nodeSelector, maxBodyBytes, transferUrl } = values;
  const reached = transferUrl === undefined ? {} : { transferUrl };
  return freeze({ maxBodyBytes, logLevel: logLevelOf(values.logLevel), namespace, nodeSelector, policy, ...kubernetes, ...reached, warnings });
}

interface TlsFlags {
  readonly mtls: boolean;
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  readonly clientCa: string | undefined;
  readonly clientCrl: string | undefined;
  readonly clientNames: readonly string[];
  readonly probePort: number;
}

function tlsFilesOf({ mtls, tlsCert, tlsKey, clientCa, clientCrl, clientNames, probePort }: TlsFlags, faults: Fault[]): TlsFiles | undefined {
  if (!mtls) {
    // Whoever names clients and forgets the switch must not end up with a server that lets in everybody.
    const given = { '--client-ca': clientCa !== undefined, '--client-crl': clientCrl !== undefined, '--client-names': clientNames.length > 0 };
    for (const [path, isGiven] of Object.entries(given)) if (isGiven) faults.push({ path, message: 'needs --mtls' });
  }
  if (!mtls && tlsCert === undefined && tlsKey === undefined) return undefined;
  const reason = mtls ? 'is required with --mtls' : '--tls-cert and --tls-key need each other';
  const pem = (flag: string, path: string | undefined) => {
    if (path === undefined) faults.push({ path: flag, message: reason });
    else checkPem(flag, path, faults);
    return path ?? '';
  };
  const files = { certFile: pem('--tls-cert', tlsCert), keyFile: pem('--tls-key', tlsKey) };
  if (!mtls) return { ...files, clientNames: [] };
  const crlFile = clientCrl === undefined ? {} : { crlFile: pem('--client-crl', clientCrl) };
  return { ...files, clientCaFile: pem('--client-ca', clientCa), ...crlFile, clientNames, probePort };
}

function checkPem(flag: string, path: string, faults: Fault[]): void {
  const text = textOfNamed(flag, path, faults);
  if (text !== undefined && !text.includes('-----BEGIN ')) faults.push({ path: flag, message: `${path} is not PEM` });
}

/** The flag, else the text in the environment, else the file that the environment names, else the pod's account, else the user's file. */
function findKubeconfig(flag: string | undefined, env: Environment, faults: Fault[]): { kubeconfig?: string; kubeconfigText?: string } {
  const { VICE_KUBECONFIG: text, KUBECONFIG: named, CLUSTER: cluster, KUBERNETES_SERVICE_HOST: service, HOME: home } = env;
  if (flag) return existing('--kubeconfig', flag, faults);
  if (text) return { kubeconfigText: text };
  if (named) return existing('KUBECONFIG', named, faults);
  if (cluster || service) return {};
  const own = home === undefined ? undefined : join(home, '.kube', 'config');
  if (own !== undefined && existsSync(own)) return { kubeconfig: own };
  faults.push({ path: '--kubeconfig', message: 'is required outside of a cluster: there is no ~/.kube/config, KUBECONFIG or VICE_KUBECONFIG' });
  return {};
}

function existing(path: string, kubeconfig: string, faults: Fault[]): { kubeconfig: string } {
  textOfNamed(path, kubeconfig, faults);
  return { kubeconfig };
}

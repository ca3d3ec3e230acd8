import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { ConformanceConfig } from '../../config/conformance-command.ts';
import { ClusterObjects } from '../../conformance/cluster-objects.ts';
import type { Endpoint } from '../../conformance/deployer-client.ts';
import { OwnAnalyses } from '../../conformance/own-analyses.ts';
import type { Ground } from '../../conformance/run-case.ts';
import { SAMPLE_SPEC } from '../../conformance/sample-spec.ts';
import { templateOf } from '../../conformance/spec-template.ts';
import { ConfigurationError } from '../../errors/errors.ts';
import { ViceError } from '../../errors/vice-error.ts';
import type { ViceDeploymentSpec } from '../../schema/deployment-spec.ts';
import { clusterAccess } from './cluster-access.ts';

/** What the flags name, read. @throws ConfigurationError */
export async function groundOf({ url, secondUrl, kubeconfig, namespace, specTemplate, ...pems }: ConformanceConfig): Promise<Ground> {
  const tls = await tlsOf(pems);
  return {
    deployer: { url, ...tls },
    ...(secondUrl !== undefined && { other: { url: secondUrl, ...tls } }),
    ...(kubeconfig !== undefined && { cluster: new ClusterObjects(clusterAccess(kubeconfig), namespace) }),
    template: specTemplate === undefined ? SAMPLE_SPEC : await readTemplate(specTemplate),
    own: new OwnAnalyses(),
  };
}

async function tlsOf({
  caCert,
  clientCert,
  clientKey,
}: Pick<ConformanceConfig, 'caCert' | 'clientCert' | 'clientKey'>): Promise<Pick<Endpoint, 'tls'>> {
  const given = Object.entries({ ca: caCert, cert: clientCert, key: clientKey }).filter(([, path]) => path !== undefined);
  if (given.length === 0) return {};
  return { tls: Object.fromEntries(await Promise.all(given.map(async ([name, path = '']) => [name, await pemIn(path)]))) };
}

async function pemIn(path: string): Promise<string> {
  const text = await textOf(path);
  if (!text.includes('-----BEGIN ')) throw new ConfigurationError(`${path} is not PEM`);
  return text;
}

async function readTemplate(path: string): Promise<ViceDeploymentSpec> {
  const text = await textOf(path);
  try {
    return templateOf(parse(text)); // JSON is YAML too
  } catch (err) {
    const faults = err instanceof ViceError && err.faults ? { faults: err.faults } : {};
    throw new ConfigurationError(`--spec-template: no specs can be made of ${path}`, { cause: err, ...faults });
  }
}

function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((err: unknown) => {
    throw new ConfigurationError(`${path} cannot be read`, { cause: err });
  });
}

import type { RequestOptions } from 'node:https';
import { ConfigurationError } from '../../errors/errors.ts';
import { ViceError } from '../../errors/vice-error.ts';

/** Where the kubeconfig is. `in-cluster`: the service account that Kubernetes mounts into a pod. */
export type KubeconfigSource =
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'text'; readonly text: string }
  | { readonly from: 'in-cluster' };

/** What a request needs to reach the kube-apiserver and to be known there. */
export interface Connection {
  readonly server: string;
  readonly tls: Bun.TLSOptions & { readonly rejectUnauthorized?: boolean };
  readonly headers: Readonly<Record<string, string>>;
}

export interface Credentials {
  /** As read a few seconds ago at most. @throws ConfigurationError */
  current(): Promise<Connection>;
  /** Makes the next `current` read everything anew, for when the kube-apiserver no longer takes what it was shown. */
  expire(): void;
}

/** Certificates and tokens in files are rotated under the running process; the files are read again this often. */
const REREAD_MS = 10_000;

/**
 * The credentials of a kubeconfig's current context, as `@kubernetes/client-node` reads them: files, inline data, tokens, exec plugins, the mounted
 * service account. The package is loaded with the first call, since it takes longer to load than everything else in the process.
 */
export function credentialsFrom(source: KubeconfigSource, now: () => number = Date.now): Credentials {
  let config: ReturnType<typeof loadConfig> | undefined;
  let read: { readonly at: number; readonly connection: Promise<Connection> } | undefined;
  const connection = async () => {
    config ??= loadConfig(source);
    return connectionOf(await config);
  };
  return {
    current: () => {
      if (read === undefined || now() - read.at > REREAD_MS) read = { at: now(), connection: connection().catch(rethrow) };
      return read.connection;
    },
    expire: () => {
      read = undefined;
    },
  };

  function rethrow(err: unknown): never {
    read = undefined;
    config = undefined;
    if (err instanceof ViceError) throw err;
    // Only the first line, and no cause: the YAML parser quotes the lines around its error, which may hold tokens and keys.
    const [reason] = (err instanceof Error ? err.message : String(err)).split('\n', 1);
    throw new ConfigurationError(`the kubeconfig cannot be used: ${reason}`);
  }
}

async function loadConfig(source: KubeconfigSource) {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  if (source.from === 'file') config.loadFromFile(source.path);
  else if (source.from === 'text') config.loadFromString(source.text);
  else config.loadFromCluster();
  return config;
}

async function connectionOf(config: Awaited<ReturnType<typeof loadConfig>>): Promise<Connection> {
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new ConfigurationError('the kubeconfig has no current context, or its context no cluster');
  if (cluster.proxyUrl) throw new ConfigurationError('the kubeconfig names a proxy-url, which is not supported');
  const options: RequestOptions & { servername?: string } = { headers: {} };
  await config.applyToHTTPSOptions(options);
  return { server: cluster.server.replace(/\/+$/, ''), tls: tlsOf(options), headers: headersOf(options) };
}

/** Bun's `fetch` takes what Node's agents take, by other names, and an absent option must stay absent. */
function tlsOf(options: RequestOptions & { servername?: string }): Connection['tls'] {
  const { ca, cert, key, rejectUnauthorized, servername } = options;
  return {
    ...(ca !== undefined && { ca: pem(ca) }),
    ...(cert !== undefined && { cert: pem(cert) }),
    ...(key !== undefined && { key: pem(key) }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    ...(servername !== undefined && { serverName: servername }),
  };
}

function pem(material: unknown): string {
  return Buffer.isBuffer(material) ? material.toString() : String(material);
}

function headersOf({ headers, auth }: RequestOptions): Readonly<Record<string, string>> {
  const texts = Object.entries(headers ?? {}).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value.trim()] as const] : []));
  const basic = typeof auth === 'string' ? { authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {};
  return { ...basic, ...Object.fromEntries(texts) };
}

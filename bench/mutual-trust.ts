import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newKeyLine } from '../src/adapters/keys/key-ring.ts';
import type { NewCluster } from '../src/schema/cluster.ts';
import { authority } from '../test/support/certificates.ts';

/** What a coordinator and a deployer on 127.0.0.1 need to speak mutual TLS. */
export interface MutualTrust {
  readonly coordinatorArguments: readonly string[];
  readonly deployerArguments: readonly string[];
  /** For registering the cluster. */
  readonly certificates: Pick<NewCluster, 'ca_cert' | 'client_cert' | 'client_key'>;
}

const DAY_MS = 86_400_000;

/** New keys, certificates of one authority, and files of them in `folder`. */
export async function mutualTrust(folder: string): Promise<MutualTrust> {
  const ca = authority('bench');
  const server = ca.issue({ name: 'deployer', use: 'server', hosts: ['127.0.0.1'], until: DAY_MS });
  const client = ca.issue({ name: 'coordinator', use: 'client', until: DAY_MS });
  const file = async (name: string, text: string) => {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const served = ['--tls-cert', await file('tls.crt', server.cert), '--tls-key', await file('tls.key', server.key)];
  return {
    coordinatorArguments: ['--keys-file', await file('keys', newKeyLine(new Date()))],
    deployerArguments: ['--mtls', ...served, '--client-ca', await file('ca.crt', ca.cert)],
    certificates: { ca_cert: ca.cert, client_cert: client.cert, client_key: client.key },
  };
}

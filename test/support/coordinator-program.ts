import { join } from 'node:path';
import { waitFor } from './wait-for.ts';

/** A coordinator in a process of its own, ready for launches. */
export interface CoordinatorProgram {
  readonly url: string;
  readonly pid: number;
  /** Everything that it wrote so far, to either stream. */
  output(): string;
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<number>;
}

const main = join(import.meta.dir, '../../src/main.ts');
const config = join(import.meta.dir, '../golden/config.yaml');

/** @param env besides the address of the database, which holds a password */
export async function startCoordinatorProgram(
  dbUri: string,
  flags: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<CoordinatorProgram> {
  const local = ['--hostname=127.0.0.1', '--port=0', '--dotenv-path=/dev/null', '--log-level=trace'];
  const child = Bun.spawn([process.execPath, main, '--mode=coordinator', `--config=${config}`, ...local, ...flags], {
    env: { PATH: '/usr/bin:/bin', DISCOENV_DB_URI: dbUri, ...env },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  let output = '';
  const reading = Promise.all(
    [child.stdout, child.stderr].map(async (stream) => {
      for await (const text of stream.pipeThrough(new TextDecoderStream())) output += text;
    }),
  );
  const url = await waitFor(
    () => {
      if (child.exitCode !== null) throw new Error(`the coordinator ended with ${child.exitCode} before it listened: ${output}`);
      return /"url":"([^"]+)","message":"listening"/.exec(output)?.[1];
    },
    { timeoutMs: 60_000, what: 'the coordinator to listen' },
  );
  await waitFor(() => fetch(`${url}/readyz`).then(({ ok }) => ok), { timeoutMs: 60_000, what: 'the coordinator to be ready' });
  return {
    url,
    pid: child.pid,
    output: () => output,
    kill: async (signal) => {
      child.kill(signal);
      const code = await child.exited;
      await reading;
      return code;
    },
  };
}

import { join } from 'node:path';

const main = join(import.meta.dir, '../../src/main.ts');

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** @default this repository's sources; else the path of a built binary */
  readonly binary?: string;
}

/** `vice ARGS` as a process of its own, with nothing in its environment but what is given. */
export async function vice(args: readonly string[], { env = {}, stdin = '', binary }: CommandOptions = {}): Promise<Ended> {
  const program = binary === undefined ? [process.execPath, main] : [binary];
  const child = Bun.spawn([...program, ...args], {
    env: { PATH: '/usr/bin:/bin', ...env },
    stdin: new Blob([stdin]),
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: 60_000,
  });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, out, err };
}

/** What differs from run to run, under a name of its own and as wide as before. */
export function settled(text: string): string {
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
    .replace(/127\.0\.0\.1:\d+/g, 'HOST')
    .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z\b/g, 'TIME')
    .replace(/\b\d+s ago/g, (age) => 'AGO'.padEnd(age.length));
}

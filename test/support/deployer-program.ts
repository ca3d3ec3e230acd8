import { join } from 'node:path';
import { waitFor } from './wait-for.ts';

/** A deployer in a process of its own, ready. */
export interface DeployerProgram {
  readonly url: string;
  readonly port: number;
  /** Every line of its log so far. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** What it holds in memory now. */
  residentMiB(): number;
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<number>;
}

const main = join(import.meta.dir, '../../src/main.ts');

/** From the sources. */
export function startDeployerProgram(kubeconfigText: string, namespace: string, ...flags: readonly string[]): Promise<DeployerProgram> {
  return startDeployerAs([process.execPath, main], kubeconfigText, namespace, flags);
}

/** `command` is the program without its flags: that of the sources or a binary. */
export async function startDeployerAs(
  command: readonly string[],
  kubeconfigText: string,
  namespace: string,
  flags: readonly string[] = [],
): Promise<DeployerProgram> {
  const args = ['--mode=standalone', '--hostname=127.0.0.1', '--port=0', '--vice-namespace', namespace, ...flags];
  const env = { PATH: '/usr/bin:/bin', VICE_KUBECONFIG: kubeconfigText };
  const child = Bun.spawn([...command, ...args], { env, stdin: 'ignore', stdout: 'pipe', stderr: 'inherit' });
  const log: Record<string, unknown>[] = [];
  const reading = (async () => {
    let rest = '';
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      log.push(...lines.map((line): Record<string, unknown> => JSON.parse(line)));
    }
  })();
  const url = await waitFor(
    () => {
      if (child.exitCode !== null) throw new Error(`the deployer ended with ${child.exitCode} before it listened`);
      return log.map((line) => line['url']).find((one) => typeof one === 'string');
    },
    { timeoutMs: 60_000, what: 'the deployer to listen' },
  );
  await waitFor(() => fetch(`${url}/readyz`).then(({ ok }) => ok), { timeoutMs: 60_000, what: 'the deployer to be ready' });
  return {
    url,
    port: Number(new URL(url).port),
    log,
    residentMiB: () => Number(Bun.spawnSync(['ps', '-o', 'rss=', '-p', String(child.pid)]).stdout.toString()) / 1024,
    kill: async (signal) => {
      child.kill(signal);
      const code = await child.exited;
      await reading;
      return code;
    },
  };
}

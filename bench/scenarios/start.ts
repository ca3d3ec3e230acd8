import { readFile } from 'node:fs/promises';
import type { Figure, Findings } from '../figures.ts';
import { median } from '../measure.ts';
import { accepts, freePort } from '../ports.ts';
import type { Rig } from '../rig.ts';

/** From starting the program to its listening, the first start, with cold caches, left out. */
export async function start(rig: Rig, quick: boolean): Promise<Findings> {
  const starts = quick ? 4 : 11;
  const { coordinatorArguments, deployerArguments } = await rig.vice();
  const program = [rig.program.command, ...rig.program.args];
  const coordinator = { command: [...program, ...coordinatorArguments] };
  const standalone = { command: [...program, ...deployerArguments] };
  const lambda = { command: [...program, '--mode=lambda'], env: { VICE_KUBECONFIG: await readFile(rig.cluster.kubeconfig, 'utf8') } };
  const figures: Figure[] = [];
  for (const [name, below, measure] of [
    ['coordinator to listening', 250, () => toListening(coordinator)],
    ['standalone to listening', 150, () => toListening(standalone)],
    ['Lambda to its first next', 50, () => toFirstNext(lambda)],
  ] as const) {
    const times: number[] = [];
    for (let n = 0; n < starts; n++) times.push(await measure());
    const warm = times.slice(1);
    const note = `min ${Math.min(...warm).toFixed(0)}, max ${Math.max(...warm).toFixed(0)}, of ${warm.length}`;
    figures.push({ name, value: median(warm), unit: 'ms', budget: { below }, note });
  }
  return { figures };
}

/** A command line and what its environment adds. */
interface StartCommand {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

async function toListening({ command, env }: StartCommand): Promise<number> {
  const port = await freePort();
  const started = performance.now();
  const child = Bun.spawn([...command, '--port', String(port)], { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    await accepts(port, 20_000, () => child.exitCode !== null);
    return performance.now() - started;
  } finally {
    child.kill('SIGTERM');
    await child.exited;
  }
}

async function toFirstNext({ command, env }: StartCommand): Promise<number> {
  const next = Promise.withResolvers<number>();
  const runtime = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    fetch: (request) => {
      if (request.url.endsWith('/invocation/next')) next.resolve(performance.now());
      return new Promise<Response>(() => undefined); // a frozen function waits here
    },
  });
  const started = performance.now();
  const child = Bun.spawn([...command], {
    env: { ...process.env, ...env, AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${runtime.port}` },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = child.exited.then(async (code) =>
    Promise.reject(new Error(`Lambda mode ended with ${code}: ${await new Response(child.stderr).text()}`)),
  );
  try {
    return (await Promise.race([next.promise, ended])) - started;
  } finally {
    ended.catch(() => undefined); // it was ended on purpose
    child.kill('SIGKILL');
    await child.exited;
    await runtime.stop(true);
  }
}

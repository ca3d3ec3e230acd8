import { once } from 'node:events';
import { createLogger } from '../adapters/log/logger.ts';
import { keepLogTail } from '../demo/log-tail.ts';
import { createNarrator, isColourWanted, type Narrator } from '../demo/narrator.ts';
import { type DemoOptions, parseDemoOptions, usage } from '../demo/options.ts';
import { follow } from '../demo/sightings.ts';
import { end, explain, launch, registerClusters, type Telling, visit } from '../demo/story.ts';
import { tellSightings } from '../demo/tell-sightings.ts';
import { ConfigurationError } from '../errors/errors.ts';
import { ViceError } from '../errors/vice-error.ts';
import { setStage } from './demo-stage.ts';

/** How long the cluster of somebody else may take to let go of what the demo put there. */
const REMOVAL_LIMIT_MS = 90_000;

/** The whole system in one process, with a story of one analysis. Gives the exit code when nothing of it is left. */
export async function run(argv: readonly string[], env: Readonly<Record<string, string | undefined>>, signal: AbortSignal): Promise<number> {
  const options = optionsOf(argv);
  if (options === undefined) return 2;
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const narrator = createNarrator({
    write: (text) => void process.stdout.write(text),
    isColoured: isColourWanted(env, process.stdout.isTTY),
    now: () => performance.now(),
  });
  const log = keepLogTail();
  try {
    await perform(options, env, narrator, log, signal);
    narrator.step('cleaned up', 'nothing is left running');
    return 0;
  } catch (err) {
    if (signal.aborted) {
      narrator.step('interrupted', 'nothing is left running');
      return 130;
    }
    const faults = (err instanceof ViceError && err.faults) || [];
    narrator.failure(
      err instanceof Error ? err.message : String(err),
      ...faults.map(({ path, message }) => `${path} ${message}`),
      ...log.complaints(),
    );
    return err instanceof ConfigurationError ? 2 : 1;
  }
}

function optionsOf(argv: readonly string[]): DemoOptions | undefined {
  try {
    return parseDemoOptions(argv);
  } catch (err) {
    if (!(err instanceof ConfigurationError)) throw err;
    process.stderr.write(`vice demo: ${err.message}\n\n${usage}`);
    return undefined;
  }
}

async function perform(
  options: DemoOptions,
  env: Readonly<Record<string, string | undefined>>,
  narrator: Narrator,
  log: ReturnType<typeof keepLogTail>,
  signal: AbortSignal,
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  narrator.title(options.cluster ? 'vice demo, on a cluster of yours' : 'vice demo, everything on this machine');
  const logFor = (mode: string) => createLogger({ level: 'info', mode, destination: log });
  const stage = await setStage({ options, narrator, logFor, stack, signal }, env['INIT_CWD'] ?? process.cwd());
  const nameOf = (externalId: string) => (externalId === stage.body.uuid ? stage.body.name : externalId);
  const watching = new AbortController();
  const sightings = follow(stage.clusters, tellSightings(narrator, nameOf), watching.signal);
  stack.defer(() => {
    watching.abort();
    return sightings.ended;
  });
  const telling: Telling = { stage, sightings, narrator, signal };
  const ids = await registerClusters(telling);
  if (options.cluster) stack.defer(() => end({ ...telling, signal: AbortSignal.timeout(REMOVAL_LIMIT_MS) }));
  const seen = await launch(telling);
  await visit(telling, { status: 200, text: 'This is a sandbox' });
  explain(telling, seen, ids);
  if (options.once && seen.status?.phase !== 'running') throw new Error('the analysis does not run');
  if (!options.once) await untilInterrupted(narrator, signal);
  else if (!options.cluster) await finish(telling);
}

/** What the end of a demo on somebody's cluster does anyway is shown in the sandbox as well. */
async function finish(telling: Telling): Promise<void> {
  await end(telling);
  await visit(telling, { status: 404, text: 'No analysis lives here' });
}

async function untilInterrupted(narrator: Narrator, signal: AbortSignal): Promise<void> {
  narrator.section('Ctrl-C ends the demo and removes everything that it started.');
  if (!signal.aborted) await once(signal, 'abort');
  process.stdout.write('\n');
}

if (import.meta.main) {
  const ending = new AbortController();
  let asked = Number.POSITIVE_INFINITY;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      // One Ctrl-C may arrive twice, from the terminal and through npm; one that comes much later is somebody's impatience.
      if (performance.now() - asked > 1000) process.exit(130);
      asked = Math.min(asked, performance.now());
      ending.abort();
    });
  }
  process.exit(await run(process.argv.slice(2), process.env, ending.signal));
}

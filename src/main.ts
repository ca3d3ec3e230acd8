import { type Asked, askedOf } from './cli/asked.ts';
import { explain } from './cli/explain.ts';
import { ConfigurationError } from './errors/errors.ts';
import { startAnew } from './modes/small-heap.ts';

interface Runnable {
  run(argv: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number>;
}

// Loaded when asked for: what a mode does not need must not cost it time at the start.
const modes: Readonly<Record<string, () => Promise<Runnable>>> = {
  coordinator: () => import('./modes/coordinator.ts'),
  standalone: () => import('./modes/standalone.ts'),
  lambda: () => import('./modes/lambda.ts'),
};
const commands: Readonly<Record<string, () => Promise<Runnable>>> = {
  spec: () => import('./cli/spec.ts'),
  migrate: () => import('./cli/migrate.ts'),
  policy: () => import('./cli/policy.ts'),
  keys: () => import('./cli/keys.ts'),
  conformance: () => import('./cli/conformance/conformance.ts'),
  clusters: () => import('./cli/clusters/clusters.ts'),
  pki: () => import('./cli/pki/pki.ts'),
  launch: () => import('./cli/analyses/launch.ts'),
  status: () => import('./cli/analyses/status.ts'),
  logs: () => import('./cli/analyses/logs.ts'),
  exit: () => import('./cli/analyses/exit.ts'),
  audit: () => import('./cli/audit.ts'),
  doctor: () => import('./cli/doctor/doctor.ts'),
  completion: () => import('./cli/completion.ts'),
  help: () => import('./cli/help.ts'),
};

async function main(asked: Asked, argv: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  switch (asked.is) {
    case 'version':
      return printVersion();
    case 'help':
      return (await import('./cli/help.ts')).run(asked.topic, env);
    case 'command':
      endWithReader();
      return (await pick('command', commands, asked.name)).run(asked.rest, env, signal);
    case 'mode':
      return (await pick('mode', modes, asked.mode)).run(argv, env, signal);
    case 'nothing':
      // The bootstrap of a function gets no arguments.
      if (env['AWS_LAMBDA_RUNTIME_API']) return (await import('./modes/lambda.ts')).run(argv, env, signal);
      await (await import('./cli/help.ts')).run([], env);
      return 2;
  }
}

async function pick(what: string, all: Readonly<Record<string, () => Promise<Runnable>>>, name: string): Promise<Runnable> {
  const load = Object.hasOwn(all, name) ? all[name] : undefined;
  if (load !== undefined) return load();
  const { didYouMean } = await import('./config/sources/did-you-mean.ts');
  const guess = didYouMean(name, Object.keys(all));
  const known = `there are ${Object.keys(all).join(', ')}`;
  throw new ConfigurationError(`there is no ${what} "${name}"; ${guess === undefined ? known : `did you mean ${guess}?`}`);
}

async function printVersion(): Promise<number> {
  const { version } = await import('./config/version.ts');
  process.stdout.write(`vice ${version}\n`);
  return 0;
}

/** Whoever reads what a command writes may have enough of it, as `head` does: the command then ends as SIGPIPE would have ended it. */
function endWithReader(): void {
  process.stdout.on('error', () => process.exit(128 + 13));
}

/** The first signal asks the mode to drain, a second one ends the process as the signal would have. */
function untilSignal(): AbortSignal {
  const controller = new AbortController();
  for (const [name, number] of [
    ['SIGTERM', 15],
    ['SIGINT', 2],
  ] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(128 + number);
      controller.abort();
    });
  }
  return controller.signal;
}

const argv = process.argv.slice(2);
const asked = askedOf(argv);
// Before anything listens to signals: one that comes meanwhile ends the process.
if (asked.is === 'mode' && asked.mode === 'standalone') startAnew(argv, process.env);
const exitCode = await main(asked, argv, process.env, untilSignal()).catch((err: unknown) => {
  const explanation = explain(err);
  process.stderr.write(explanation.text);
  return explanation.exitCode;
});
// An exit would lose what a slow reader has not taken yet.
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))));
process.exit(exitCode);

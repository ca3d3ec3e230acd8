import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** The user a program runs as; the caller's own when left out. Only root can choose. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

export interface BoundProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Standard output and error of the program are appended here. */
  readonly logFile: string;
  readonly runAs?: RunAs;
  /** The signal that asks the program to end. @default SIGTERM */
  readonly stopSignal?: 'SIGTERM' | 'SIGINT' | 'SIGKILL';
  /** Folders that are removed when the program has ended, in whatever way. */
  readonly removeAtEnd?: readonly string[];
}

/** A program that cannot outlive the process which started it. */
export interface BoundProcess {
  readonly pid: number;
  /** Settles with the exit code when the program has ended and its folders are removed; signals count as 128 + number, as in a shell. */
  readonly exited: Promise<number>;
  isRunning(): boolean;
  kill(signal: NodeJS.Signals): void;
  /** Asks the program to end, and kills it when it has not done so after ten seconds. */
  stop(): Promise<void>;
}

// The shell holds the read end of a pipe whose only writer is this process. However this process ends, SIGKILL included, the
// pipe closes, `read` returns, and the program is asked to end. An exit handler could not promise that, and `bun test` runs none.
const guard = `
signal=$1 folders=$2
shift 2
exec 3<&0
"$@" 3<&- </dev/null >&2 &
program=$!
echo "$program"
(
  while read -r _ <&3; do :; done
  kill -s "$signal" "$program"
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40; do
    sleep 0.25
    kill -0 "$program" || exit 0
  done
  kill -s KILL "$program"
) 2>/dev/null >/dev/null &
watch=$!
wait "$program"
code=$?
kill "$watch" 2>/dev/null
set -f; IFS=:
rm -rf -- $folders
exit "$code"
`;

const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/** Starts a program that ends with its parent. @throws when it cannot be started at all; a program that ends early shows in `exited`. */
export async function startBoundProcess(options: BoundProcessOptions): Promise<BoundProcess> {
  const log = openSync(options.logFile, 'a');
  const signal = (options.stopSignal ?? 'SIGTERM').slice('SIG'.length);
  const folders = (options.removeAtEnd ?? []).join(':');
  // Of its own session, so that Ctrl-C in a terminal reaches the parent alone, which then stops things in order.
  const child = spawn('/bin/sh', ['-c', guard, 'guard', signal, folders, options.command, ...options.args], {
    stdio: ['pipe', 'pipe', log],
    detached: true,
    env: environment,
    ...options.runAs,
  });
  closeSync(log);
  const exited = once(child, 'exit').then(([code]) => (typeof code === 'number' ? code : 137));
  const pid = Number(await firstLine(child));
  if (!(pid > 0)) throw new Error(`${options.command} could not be started, see ${options.logFile}`);
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  return {
    pid,
    exited,
    isRunning,
    kill: (name) => {
      if (isRunning()) process.kill(pid, name);
    },
    stop: async () => {
      child.stdin?.end();
      await exited;
    },
  };
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) return '';
  for await (const line of createInterface({ input: stdout })) return line;
  return '';
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BoundProcess, startBoundProcess } from '../src/demo/bound-process.ts';
import { accepts, freePort } from './ports.ts';
import type { Program } from './program.ts';

/** A mode of `vice` in a process of its own, listening. */
export interface ViceProcess {
  readonly url: string;
  readonly logFile: string;
  /** Resident now. */
  memoryMegabytes(): number;
  /** The most that was resident at any time since the start. */
  peakMegabytes(): number;
  /** Processor time since the process started. */
  cpuMs(): number;
  stop(): Promise<void>;
}

/** @throws with the end of its log when it does not come up */
export async function startVice(program: Program, name: string, folder: string, args: readonly string[]): Promise<ViceProcess> {
  const port = await freePort();
  const logFile = join(folder, `${name}.log`);
  const process = await startBoundProcess({ command: program.command, args: [...program.args, ...args, '--port', String(port)], logFile });
  await accepts(port, 30_000, () => !process.isRunning()).catch(async (err: unknown) => {
    await process.stop();
    throw new Error(`${name} did not come up:\n${readFileSync(logFile, 'utf8').split('\n').slice(-15).join('\n')}`, { cause: err });
  });
  return { url: `http://127.0.0.1:${port}`, logFile, ...usage(process), stop: process.stop };
}

// Linux shows both below /proc; 100 ticks a second is what it tells every program, whatever its own clock does.
function usage({ pid }: BoundProcess) {
  return {
    memoryMegabytes: () => megabytes(pid, /^VmRSS:\s+(\d+) kB$/m),
    peakMegabytes: () => megabytes(pid, /^VmHWM:\s+(\d+) kB$/m),
    cpuMs: () => {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) * 10;
    },
  };
}

function megabytes(pid: number, line: RegExp): number {
  return Number(line.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

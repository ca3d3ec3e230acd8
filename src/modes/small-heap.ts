/**
 * What JavaScriptCore takes from the environment that a process begins with, and from nowhere else. It sizes its heap by the memory of the machine: on a
 * node of many GB it lets a program that holds 25 MB grow to three times that before it collects. And its last compiler takes memory for a speed that a
 * program which mostly waits has no use for.
 */
const OPTIONS = { BUN_JSC_forceRAMSize: String(96 * 2 ** 20), BUN_JSC_useFTLJIT: '0' };

/** A file that is open already, as `--policy <(...)` of a shell names it. */
const OPEN_FILE = /(^|=)\/(dev|proc\/self)\/fd\/\d/;

/**
 * Begins the binary anew in this very process, with a small heap; takes some 15 ms and does not come back. Does nothing the second time, and from the
 * sources. What the environment says of these options stays. Where a file is named that is open already nothing is done
 * either: all but the standard ones are closed on the way.
 */
export function startAnew(args: readonly string[], env: NodeJS.ProcessEnv): void {
  const isBinary = Bun.main.startsWith('/$bunfs/');
  if (!isBinary || Object.keys(OPTIONS).every((option) => option in env)) return;
  if ([...args, ...Object.values(env)].some((text) => OPEN_FILE.test(text ?? ''))) return;
  try {
    process.execve?.(process.execPath, [process.execPath, ...args], { ...OPTIONS, ...env });
  } catch {
    // Where a program may not start another one, this one runs as it is: it only needs more memory.
  }
}

import { join } from 'node:path';
import { waitFor } from './wait-for.ts';

const main = join(import.meta.dir, '../../src/main.ts');

/** `vice ARGS` before a terminal of 80 columns: what stands there so far, and a keyboard. */
export function atTerminal(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const decoder = new TextDecoder();
  let text = '';
  const child = Bun.spawn([process.execPath, main, ...args], {
    env: { PATH: '/usr/bin:/bin', TERM: 'xterm-256color', ...env },
    timeout: 60_000,
    terminal: {
      cols: 80,
      rows: 24,
      data: (_, bytes) => {
        text += decoder.decode(bytes, { stream: true });
      },
    },
  });
  return {
    text: () => text,
    type: (keys: string) => void child.terminal?.write(keys),
    sees: (words: string) => waitFor(() => text.includes(words), { timeoutMs: 30_000, what: `${words} on the terminal` }),
    ended: () => child.exited,
  };
}

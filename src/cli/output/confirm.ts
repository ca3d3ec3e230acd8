import { createInterface } from 'node:readline/promises';
import { ConfigurationError } from '../../errors/errors.ts';
import { printable } from './printable.ts';
import type { Screen } from './screen.ts';

/**
 * Asks whether to do what cannot be undone. False when the answer is anything but yes.
 * @throws ConfigurationError where nobody can be asked and `yes` was not given
 */
export async function confirm(
  question: string,
  { yes, screen, signal }: { readonly yes: boolean; readonly screen: Screen; readonly signal: AbortSignal },
): Promise<boolean> {
  if (yes) return true;
  if (!screen.canAsk) throw new ConfigurationError('nobody can be asked here', { faults: [{ path: '--yes', message: `is required: ${question}` }] });
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await lines.question(`${printable(question)} [y/N] `, { signal });
    return /^y(es)?$/i.test(answer.trim());
  } catch {
    // Ctrl-C or Ctrl-D are a no.
    return false;
  } finally {
    lines.close();
  }
}

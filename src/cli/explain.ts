import { ConfigurationError } from '../errors/errors.ts';
import { ViceError } from '../errors/vice-error.ts';
import { printablePage } from './output/printable.ts';

/** What a person at a terminal, or reading the end of a pod's log, is told of the error that ended the process. */
export interface Explanation {
  readonly text: string;
  readonly exitCode: number;
}

/** An error that we foresaw is told in its own words, with all its faults; any other with its stack, because it is ours to mend. */
export function explain(err: unknown): Explanation {
  if (!(err instanceof ViceError))
    return { text: printablePage(`vice: ${err instanceof Error ? (err.stack ?? err.message) : String(err)}\n`), exitCode: 1 };
  const faults = (err.faults ?? []).map(({ path, message }) => `  ${path === '' ? '' : `${path}: `}${message}\n`);
  const head = `vice: ${err.message}${faults.length > 0 ? ':' : causeOf(err)}\n`;
  return { text: printablePage(`${head}${faults.join('')}`), exitCode: err instanceof ConfigurationError ? 2 : 1 };
}

function causeOf({ cause }: ViceError): string {
  return cause instanceof Error && cause.message !== '' ? `: ${cause.message}` : '';
}

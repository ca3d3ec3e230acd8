import { readFileSync } from 'node:fs';
import { type CoordinatorClient, coordinatorClient } from '../adapters/coordinator-client/coordinator-client.ts';
import { whyUnreadable } from '../config/named-file.ts';
import { ConfigurationError } from '../errors/errors.ts';

/** The coordinator that the command line names. @throws ConfigurationError when a file cannot be used */
export function connect(given: {
  readonly coordinator: string;
  readonly tokenFile: string | undefined;
  readonly coordinatorCa: string | undefined;
}): CoordinatorClient {
  const { coordinator: url, tokenFile, coordinatorCa } = given;
  const token = tokenFile === undefined ? undefined : readText('--token-file', tokenFile).trim();
  // A header that cannot be sent would be told with the token in the message.
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) throw unusable('--token-file', `${tokenFile} does not hold one token`);
  const ca = coordinatorCa === undefined ? undefined : readText('--coordinator-ca', coordinatorCa);
  if (ca !== undefined && !ca.includes('-----BEGIN ')) throw unusable('--coordinator-ca', `${coordinatorCa} is not PEM`);
  return coordinatorClient({ url, ...(token !== undefined && { token }), ...(ca !== undefined && { ca }) });
}

/** The text of a file that a flag names; `-` is standard input. @throws ConfigurationError */
export function readText(flag: string, path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (err) {
    throw unreadable(flag, path, err);
  }
}

/** Says of a file that a flag names why it cannot be read. */
export function unreadable(flag: string, path: string, err: unknown): ConfigurationError {
  return unusable(flag, whyUnreadable(path === '-' ? 'standard input' : path, err), err);
}

function unusable(path: string, message: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError('a file cannot be used', { faults: [{ path, message }], cause });
}

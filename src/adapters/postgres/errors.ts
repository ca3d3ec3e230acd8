import postgres from 'postgres';
import { ConfigurationError, UnavailableError } from '../../errors/errors.ts';

/** Codes of the library for a connection that could not be made or was lost. */
const LOST = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ERR_SOCKET_CLOSED',
]);

/** SQLSTATEs of a server that is going, coming or full (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const SERVER_AWAY = /^(08...|57P0[1-5]|53...)$/;
/** Statement or lock time-out, serialisation failure, deadlock, a server that is no primary (any more): the same request may succeed later. */
const LATER = /^(57014|55P03|40001|40P01|25006)$/;
/** Wrong name or password, no such database, no right, no such table or column: somebody has to set something. */
const SET_UP = /^(28...|3D000|42501|42P01|42703|42883)$/;

/** The SQLSTATE, or the library's or the system's own code. */
export function codeOf(err: unknown): string | undefined {
  if (typeof err !== 'object' || err === null || !('code' in err)) return undefined;
  return typeof err.code === 'string' ? err.code : undefined;
}

/** Whether the connection was lost, so that it is not known if the statement was carried out. */
export function isConnectionLoss(err: unknown): boolean {
  const code = codeOf(err);
  return code !== undefined && (LOST.has(code) || SERVER_AWAY.test(code));
}

/** An error of the database as one of ours; `what` ends the sentence "the database could not ...". Any other error is left as it is. */
export function asOurs(err: unknown, what: string): unknown {
  const code = codeOf(err);
  if (code === undefined) return err;
  if (isConnectionLoss(err) || LATER.test(code)) return new UnavailableError(`the database could not ${what}`, { cause: err, retryAfterSeconds: 5 });
  if (err instanceof postgres.PostgresError && SET_UP.test(code)) {
    return new ConfigurationError(`the database could not ${what}: ${err.message}`, { cause: err });
  }
  return err;
}

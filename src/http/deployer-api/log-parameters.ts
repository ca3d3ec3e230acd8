import type { LogQuery } from '../../deployer/logs/read-logs.ts';
import { InvalidDocumentError } from '../../errors/errors.ts';
import type { Fault } from '../../schema/check.ts';

type Query = Readonly<Record<string, string | undefined>>;

export interface LogParameters {
  readonly query: LogQuery;
  readonly follow: boolean;
}

/** More seconds, and more lines, than there can be. */
const MOST = 1_000_000_000;
/** The end of the year 9999, after which RFC 3339 has no dates. */
const LAST_SECOND = 253_402_300_799;
/** What app-exposer takes for true and false: strconv.ParseBool of Go. */
const TRUE = ['1', 't', 'T', 'true', 'TRUE', 'True'];
const FALSE = ['0', 'f', 'F', 'false', 'FALSE', 'False'];
/** A name of Kubernetes, and short enough to be told back. */
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** What a request for logs asks, by app-exposer's names. @throws InvalidDocumentError with every fault */
export function logParametersIn(query: Query): LogParameters {
  const faults: Fault[] = [];
  const flag = (name: string) => flagIn(query, name, faults);
  const number = (name: string, least: number, most: number) => numberIn(query, name, least, most, faults);
  const sinceSeconds = number('since', 1, MOST);
  const sinceTime = number('since-time', 0, LAST_SECOND);
  const tailLines = number('tail-lines', 0, MOST);
  const pod = nameIn(query, 'pod', faults);
  const parameters = {
    query: {
      container: nameIn(query, 'container', faults) ?? 'analysis',
      previous: flag('previous'),
      timestamps: flag('timestamps'),
      ...(pod !== undefined && { pod }),
      ...(sinceSeconds !== undefined && { sinceSeconds }),
      ...(sinceTime !== undefined && { sinceTime: new Date(sinceTime * 1000) }),
      ...(tailLines !== undefined && { tailLines }),
    },
    follow: flag('follow'),
  };
  if (query['since'] !== undefined && query['since-time'] !== undefined) {
    faults.push({ path: 'since-time', message: 'cannot be given together with since' });
  }
  if (faults.length > 0) throw new InvalidDocumentError('the parameters of the request are faulty', { faults });
  return parameters;
}

function flagIn(query: Query, name: string, faults: Fault[]): boolean {
  const text = query[name];
  if (text === undefined || FALSE.includes(text)) return false;
  if (!TRUE.includes(text)) faults.push({ path: name, message: 'must be true or false' });
  return true;
}

function numberIn(query: Query, name: string, least: number, most: number, faults: Fault[]): number | undefined {
  const text = query[name];
  if (text === undefined) return undefined;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  faults.push({ path: name, message: `must be a whole number from ${least} to ${most}` });
  return undefined;
}

function nameIn(query: Query, name: string, faults: Fault[]): string | undefined {
  const text = query[name];
  if (text === undefined || NAME.test(text)) return text;
  faults.push({ path: name, message: 'must be a name of Kubernetes: lower case letters, digits, "-" and "."' });
  return undefined;
}

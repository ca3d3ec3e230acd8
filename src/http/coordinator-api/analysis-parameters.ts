import type { AssignmentFilter, LogParameters } from '../../coordinator/looking/ports.ts';
import { InvalidDocumentError } from '../../errors/errors.ts';
import { AssignmentState } from '../../schema/assignment.ts';
import { check, type Fault } from '../../schema/check.ts';
import { ExternalId } from '../../schema/ids.ts';

export const LIMIT = { default: 100, maximum: 1_000 };

const STATES = AssignmentState.anyOf.map((one) => one.const);
const LIVING = STATES.filter((state) => state !== 'stopped' && state !== 'failed');

/** The parameters that go on to the deployer, by app-exposer's names. */
export const LOG_PARAMETERS = {
  container: 'init containers too; absent: the analysis itself',
  pod: 'where there are several; absent: the newest that is not being removed',
  previous: "`true`: the container's life before its last restart",
  since: 'only lines of the last so many seconds',
  'since-time': 'only lines from this second since 1970 on: `since_time` of an earlier answer',
  'tail-lines': 'only the last so many lines',
  timestamps: '`true`: each line begins with its time, RFC 3339',
  follow: '`true`: go on with new lines as they are written',
} as const;

/** @throws InvalidDocumentError */
export function externalIdOf({ external_id }: Readonly<Record<string, string>>): ExternalId {
  const checked = check(ExternalId, external_id);
  if (checked.ok) return checked.value;
  throw new InvalidDocumentError('the id is no external id', { faults: checked.faults.map(({ message }) => ({ path: 'external_id', message })) });
}

/** @throws InvalidDocumentError with every fault */
export function filterOf({ url }: Request): AssignmentFilter {
  const { searchParams } = new URL(url);
  const given = (name: string) => searchParams.get(name) ?? undefined;
  const faults: Fault[] = [];
  const limit = given('limit') ?? String(LIMIT.default);
  if (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > LIMIT.maximum) {
    faults.push({ path: 'limit', message: `must be a whole number from 1 to ${LIMIT.maximum}` });
  }
  const before = check(ExternalId, given('before') ?? 'none');
  if (!before.ok) faults.push({ path: 'before', message: 'must be the `next` of another page' });
  // What PostgreSQL cannot hold names nothing there.
  for (const path of ['cluster', 'user']) if (given(path)?.includes('\0')) faults.push({ path, message: 'must be text without the character NUL' });
  const states = statesOf(given('state'), faults);
  if (faults.length > 0) throw new InvalidDocumentError('the parameters of the request are faulty', { faults });
  const [cluster, user] = [given('cluster'), given('user')];
  return {
    limit: Number(limit),
    ...(states && { states }),
    ...(cluster !== undefined && { cluster }),
    ...(user !== undefined && { user }),
    ...(given('before') !== undefined && before.ok && { before: before.value }),
  };
}

function statesOf(text: string | undefined, faults: Fault[]): AssignmentFilter['states'] {
  if (text === undefined) return LIVING;
  if (text === 'all') return undefined;
  const words = text.split(',').map((word) => word.trim());
  const states = STATES.filter((state) => words.includes(state));
  if (states.length !== new Set(words).size) faults.push({ path: 'state', message: `must be all, or some of ${STATES.join(', ')}` });
  return states;
}

/** What the deployer is to be told, as it came. @throws InvalidDocumentError */
export function logParametersOf({ url }: Request): LogParameters {
  const given = [...new URL(url).searchParams];
  const faults = given.filter(([name]) => !Object.hasOwn(LOG_PARAMETERS, name)).map(([path]) => ({ path, message: 'is not a known parameter' }));
  if (faults.length > 0) throw new InvalidDocumentError('the parameters of the request are faulty', { faults });
  return Object.fromEntries(given);
}

/** Whatever is neither true nor false is for the deployer to refuse. */
export function isFollowed({ follow = 'false' }: LogParameters): boolean {
  return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(follow);
}

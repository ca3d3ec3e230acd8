import type { Stored } from './kinds.ts';
import { badRequest } from './status-error.ts';

export type Matches = (object: Stored) => boolean;

/** A label selector of equalities and existences: `a=b,c!=d,e,!f`. Sets (`in (...)`) are not part of the sandbox. */
export function labelSelector(text: string): Matches {
  const terms = text
    .split(',')
    .filter((term) => term.trim() !== '')
    .map(termOf);
  return ({ metadata }) => terms.every((matches) => matches(metadata.labels ?? {}));
}

type Labels = Readonly<Record<string, string>>;

const term = /^\s*(?:(?<absent>!)\s*)?(?<key>[-./\w]+)\s*(?:(?<operator>==?|!=)\s*(?<value>[-.\w]*))?\s*$/;

function termOf(text: string): (labels: Labels) => boolean {
  const { absent, key, operator, value } = term.exec(text)?.groups ?? {};
  if (key === undefined || (absent && operator)) throw badRequest(`unable to parse requirement: ${text}`);
  if (absent) return (labels) => !Object.hasOwn(labels, key);
  if (operator === undefined) return (labels) => Object.hasOwn(labels, key);
  return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
}

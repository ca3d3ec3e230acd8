import type { Fault } from './check.ts';

/** No document that is meant well comes near it; far beyond, whoever walks through one runs out of stack. */
export const MOST_DEPTH = 32;
/** More faults than this help nobody. */
const MOST_FAULTS = 100;

/**
 * What nothing down the line can hold: text with the character NUL, which neither PostgreSQL nor an argument of a program can carry, or with half a
 * surrogate pair, and numbers beyond every double, which a JSON parser makes infinite; neither has canonical JSON (RFC 8785, section 3.2.2). And
 * nesting below 32 levels.
 */
export function unspeakable(document: unknown): Fault[] {
  const walk: Walk = { steps: [], faults: [] };
  look(document, walk);
  return walk.faults;
}

/** Where we are, in steps: the text of a path is made for a fault alone, because a document has hundreds of thousands of places. */
interface Walk {
  readonly steps: (string | number)[];
  readonly faults: Fault[];
}

function look(value: unknown, walk: Walk): void {
  if (walk.faults.length >= MOST_FAULTS) return;
  if (typeof value === 'string') {
    if (!isSpeakable(value)) tell(walk, MESSAGE, 'json.text');
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) tell(walk, 'must be a number of the size of a double', 'json.text');
  } else if (typeof value === 'object' && value !== null) {
    if (walk.steps.length >= MOST_DEPTH) tell(walk, `must not be nested below ${MOST_DEPTH} levels`, 'json.depth');
    else lookBelow(value, walk);
  }
}

function lookBelow(value: object, walk: Walk): void {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) lookAt(index, value[index], walk);
    return;
  }
  for (const [key, entry] of Object.entries(value)) {
    if (isSpeakable(key)) lookAt(key, entry, walk);
    else tell(walk, `has a key that ${MESSAGE}`, 'json.text');
  }
}

function lookAt(step: string | number, value: unknown, walk: Walk): void {
  walk.steps.push(step);
  look(value, walk);
  walk.steps.pop();
}

function tell({ steps, faults }: Walk, message: string, rule: string): void {
  const path = steps.map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`)).join('');
  faults.push({ path, message, rule });
}

const MESSAGE = 'must be well-formed Unicode without the character NUL';

function isSpeakable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

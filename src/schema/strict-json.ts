import type { Fault } from './check.ts';
import { MOST_DEPTH } from './unspeakable.ts';

/** More faults than this help nobody. */
const MOST_FAULTS = 100;
/** Keys that a program may take for an object's own machinery. */
const PROTOTYPE_KEYS = new Set(['__proto__', 'constructor']);

const [QUOTE, COMMA, BACKSLASH, OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x22, 0x2c, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d];

/** A document, and what two programs could read in two ways. */
export interface StrictJson {
  readonly value: unknown;
  readonly faults: readonly Fault[];
}

/**
 * As `JSON.parse`, which takes the last of two keys and any depth: keys that stand twice in one object, keys of an object's prototype, and nesting below
 * 32 levels are faults, each with its path. @throws SyntaxError where it is no JSON
 */
export function parseStrictJson(text: string): StrictJson {
  const value: unknown = JSON.parse(text);
  return { value, faults: new Scan(text).faults() };
}

interface Frame {
  /** Of an object: what was seen. Absent: it is a list. */
  readonly keys?: Set<string>;
  /** Where in it the scan is. */
  at: string | number;
  isKeyNext: boolean;
}

/** Goes over the text of a valid document once, with a stack of its own: the depth of what was sent is not that of our calls. */
class Scan {
  readonly #text: string;
  readonly #frames: Frame[] = [];
  readonly #faults: Fault[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  faults(): readonly Fault[] {
    for (let at = 0; at < this.#text.length && this.#faults.length < MOST_FAULTS; at++) {
      const code = this.#text.charCodeAt(at);
      if (code === QUOTE) at = this.#string(at);
      else if (code === COMMA) this.#next();
      else if (code === OPEN_OBJECT || code === OPEN_LIST) {
        if (!this.#open(code === OPEN_OBJECT)) break;
      } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) this.#frames.pop();
    }
    return this.#faults;
  }

  /** False where nothing more is to be read. */
  #open(isObject: boolean): boolean {
    if (this.#frames.length >= MOST_DEPTH) {
      const path = this.#path().replace(/(\[\d+\])+$/, '');
      this.#faults.push({ path, message: `must not be nested below ${MOST_DEPTH} levels`, rule: 'json.depth' });
      return false;
    }
    this.#frames.push(isObject ? { keys: new Set(), at: '', isKeyNext: true } : { at: 0, isKeyNext: false });
    return true;
  }

  #next(): void {
    const frame = this.#frames.at(-1);
    if (typeof frame?.at === 'number') frame.at++;
    else if (frame !== undefined) frame.isKeyNext = true;
  }

  /** Gives the place of the quotation mark that ends it. */
  #string(begin: number): number {
    let end = this.#text.indexOf('"', begin + 1);
    while (this.#isEscaped(end)) end = this.#text.indexOf('"', end + 1);
    const frame = this.#frames.at(-1);
    if (frame?.keys !== undefined && frame.isKeyNext) this.#key(frame, frame.keys, this.#text.slice(begin, end + 1));
    return end;
  }

  /** An odd number of backslashes before it. */
  #isEscaped(at: number): boolean {
    let before = at - 1;
    while (this.#text.charCodeAt(before) === BACKSLASH) before--;
    return (at - before) % 2 === 0;
  }

  #key(frame: Frame, seen: Set<string>, quoted: string): void {
    const key: string = quoted.includes('\\') ? JSON.parse(quoted) : quoted.slice(1, -1);
    frame.at = key;
    frame.isKeyNext = false;
    if (seen.has(key)) this.#faults.push({ path: this.#path(), message: 'is there twice', rule: 'json.duplicate-key' });
    else if (PROTOTYPE_KEYS.has(key)) this.#faults.push({ path: this.#path(), message: 'is no key that is read', rule: 'json.prototype-key' });
    seen.add(key);
  }

  #path(): string {
    return this.#frames.reduce((path, { at }) => (typeof at === 'number' ? `${path}[${at}]` : `${path}${path === '' ? '' : '.'}${at}`), '');
  }
}

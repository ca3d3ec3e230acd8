/** More different ones than this are not worth looking through: it is troubles with words of their own that differ. */
const MOST = 2_000;

/** Values of which thousands are alike, each kept once. What it gives back must not be changed. */
export class Shared {
  readonly #values = new Map<string, unknown>();

  text(value: string): string {
    return this.#once(value, value);
  }

  /** By its JSON. */
  data<T>(value: T): T {
    return this.#once(`:${JSON.stringify(value)}`, value);
  }

  #once<T>(key: string, value: T): T {
    const known = this.#values.get(key);
    // What stands under a key is what was put there for it: the same text, or a value of the same JSON.
    if (known !== undefined) return known as T;
    if (this.#values.size >= MOST) this.#values.clear(); // those that are told again are shared again
    this.#values.set(key, value);
    return value;
  }
}

import type { ExternalId } from '../../schema/ids.ts';

/** Who asks for older changes than so many gets everything: that is no more work by then. */
const REMEMBERED = 20_000;

/** Which analyses changed, in order. Change number 1 is the first. */
export class News {
  #ids: ExternalId[] = [];
  #forgotten = 0;

  get latest(): number {
    return this.#forgotten + this.#ids.length;
  }

  /** Gives the number of this change. */
  add(externalId: ExternalId): number {
    this.#ids.push(externalId);
    if (this.#ids.length > REMEMBERED) {
      this.#ids = this.#ids.slice(REMEMBERED / 2);
      this.#forgotten += REMEMBERED / 2;
    }
    return this.latest;
  }

  /** The analyses that changed after `change`, each once; undefined when that is forgotten, or has not happened yet. */
  since(change: number): ReadonlySet<ExternalId> | undefined {
    if (change < this.#forgotten || change > this.latest) return undefined;
    return new Set(this.#ids.slice(change - this.#forgotten));
  }
}

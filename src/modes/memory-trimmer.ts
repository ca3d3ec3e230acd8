export interface MemoryTrimmerDeps {
  /** Resident memory, in bytes. Throws where the process may open no further file: it is read from one. */
  readonly residentBytes: () => number;
  /** Gives back what is no longer used. Stops everything else meanwhile: some 20 to 100 ms with five thousand analyses. */
  readonly collect: () => void;
}

/** Less than this is not worth a pause. */
const GROWTH_BYTES = 8 * 2 ** 20;

/**
 * Keeps a process small that holds little and sometimes says much: after an answer of megabytes the engine keeps the memory for as long as nobody
 * else wants it, which is for ever where it has a node's memory to itself. The peaks themselves are kept low by other means (docs/adr/0019-a-small-heap.md).
 */
export class MemoryTrimmer {
  readonly #deps: MemoryTrimmerDeps;
  #leastBytes: number | undefined;

  constructor(deps: MemoryTrimmerDeps = { residentBytes: () => process.memoryUsage.rss(), collect: () => Bun.gc(true) }) {
    this.#deps = deps;
    this.#leastBytes = this.#residentBytes();
  }

  /** Collects if the process has grown since it was smallest, or since the last time; not where its size cannot be known. */
  look(): void {
    const bytes = this.#residentBytes();
    if (bytes === undefined) return;
    const leastBytes = this.#leastBytes ?? bytes;
    if (bytes - leastBytes < GROWTH_BYTES) {
      this.#leastBytes = Math.min(leastBytes, bytes);
      return;
    }
    this.#deps.collect();
    this.#leastBytes = this.#residentBytes();
  }

  #residentBytes(): number | undefined {
    try {
      return this.#deps.residentBytes();
    } catch {
      return undefined; // the next look may know
    }
  }
}

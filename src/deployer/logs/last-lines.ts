/** The last lines that an answer of `maxBytes` has room for. However long a log is, no more of it is in memory. */
export class LastLines {
  readonly #maxBytes: number;
  readonly #lines: (string | undefined)[] = [];
  readonly #sizes: number[] = [];
  #first = 0;
  #bytes = 0;

  /** `maxBytes` counts the lines as JSON, in UTF-8. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(line: string): void {
    const size = Buffer.byteLength(JSON.stringify(line)) + 1;
    this.#lines.push(line);
    this.#sizes.push(size);
    this.#bytes += size;
    while (this.#bytes > this.#maxBytes) this.#drop();
  }

  /** Oldest first. */
  get lines(): readonly string[] {
    return this.#lines.slice(this.#first).flatMap((line) => line ?? []);
  }

  /** Whether older lines had to go. */
  isTruncated = false;

  #drop(): void {
    this.#bytes -= this.#sizes[this.#first] ?? 0;
    this.#lines[this.#first] = undefined;
    this.#first += 1;
    this.isTruncated = true;
    if (this.#first < 4096 || this.#first * 2 < this.#lines.length) return;
    this.#lines.splice(0, this.#first);
    this.#sizes.splice(0, this.#first);
    this.#first = 0;
  }
}

import type * as Prometheus from 'prom-client';
import type { Counter, Gauge, Histogram, Metric } from './metric.ts';

type Labels<Label extends string> = Readonly<Record<Label, string>>;

/** What `/metrics` answers. */
export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/** Says what a gauge is, or what somebody else has counted, while `/metrics` is being answered. */
export type SetSample = <Label extends string>(metric: Gauge<Label> | Counter<Label>, labels: Labels<Label>, value: number) => void;

/**
 * Counts, in the text format of Prometheus. The values of labels are from closed sets or registered by an administrator, never what a request holds:
 * each new one costs memory for as long as the process lives.
 *
 * The package behind it is loaded by the first count, after everything that runs at that moment: it takes as long to load as all that a start consists of.
 */
export class Meter {
  readonly #metrics: readonly Metric[];
  readonly #sample: (set: SetSample) => void;
  #book: Promise<Book> | undefined;
  #open: Book | undefined;
  #waiting: ((book: Book) => void)[] = [];

  /** `sample` sets every gauge, and counters that are never counted here. */
  constructor(metrics: readonly Metric[], sample: (set: SetSample) => void) {
    this.#metrics = metrics;
    this.#sample = sample;
  }

  count<Label extends string>({ name }: Counter<Label>, labels: Labels<Label>): void {
    this.#write((book) => book.counters.get(name)?.inc(labels));
  }

  observe<Label extends string>({ name }: Histogram<Label>, labels: Labels<Label>, seconds: number): void {
    this.#write((book) => book.histograms.get(name)?.observe(labels, seconds));
  }

  async exposition(): Promise<Exposition> {
    const { registry, gauges, counters } = await this.#opened();
    for (const gauge of gauges.values()) gauge.reset();
    this.#sample(({ name }, labels, value) => {
      gauges.get(name)?.set(labels, value);
      counters.get(name)?.reset();
      counters.get(name)?.inc(labels, value);
    });
    return { contentType: registry.contentType, text: await registry.metrics() };
  }

  #write(entry: (book: Book) => void): void {
    if (this.#open) entry(this.#open);
    else this.#waiting.push(entry);
    void this.#opened();
  }

  #opened(): Promise<Book> {
    this.#book ??= openBook(this.#metrics).then((book) => {
      this.#open = book;
      for (const entry of this.#waiting.splice(0)) entry(book);
      return book;
    });
    return this.#book;
  }
}

interface Book {
  readonly registry: Prometheus.Registry;
  readonly counters: ReadonlyMap<string, Prometheus.Counter>;
  readonly gauges: ReadonlyMap<string, Prometheus.Gauge>;
  readonly histograms: ReadonlyMap<string, Prometheus.Histogram>;
}

async function openBook(metrics: readonly Metric[]): Promise<Book> {
  await new Promise((resolve) => setTimeout(resolve, 0)); // what runs now ends first
  const { Counter: C, Gauge: G, Histogram: H, Registry } = await import('prom-client');
  const registry = new Registry();
  const counters = new Map<string, Prometheus.Counter>();
  const gauges = new Map<string, Prometheus.Gauge>();
  const histograms = new Map<string, Prometheus.Histogram>();
  for (const { type, name, help, labels, buckets = [] } of metrics) {
    const facts = { name, help, labelNames: [...labels], registers: [registry] };
    if (type === 'counter') counters.set(name, new C(facts));
    else if (type === 'gauge') gauges.set(name, new G(facts));
    else histograms.set(name, new H({ ...facts, buckets: [...buckets] }));
  }
  return { registry, counters, gauges, histograms };
}

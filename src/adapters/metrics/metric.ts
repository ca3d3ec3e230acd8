/** One metric of the text format of Prometheus; names and units as https://prometheus.io/docs/practices/naming/ asks. */
export interface Metric<Label extends string = string> {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  /** For the page of reference, and the `# HELP` line. */
  readonly help: string;
  readonly labels: readonly Label[];
  /** Upper bounds of a histogram's buckets, in seconds. */
  readonly buckets?: readonly number[];
}

export type Counter<Label extends string = string> = Metric<Label> & { readonly type: 'counter' };
export type Gauge<Label extends string = string> = Metric<Label> & { readonly type: 'gauge' };
export type Histogram<Label extends string = string> = Metric<Label> & { readonly type: 'histogram' };

export function counter<const Label extends string = never>(name: string, help: string, labels: readonly Label[] = []): Counter<Label> {
  return { type: 'counter', name, help, labels };
}

export function gauge<const Label extends string = never>(name: string, help: string, labels: readonly Label[] = []): Gauge<Label> {
  return { type: 'gauge', name, help, labels };
}

/** Of durations: from what memory answers to what a whole launch may take. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export function histogram<const Label extends string = never>(name: string, help: string, labels: readonly Label[] = []): Histogram<Label> {
  return { type: 'histogram', name, help, labels, buckets: SECONDS };
}

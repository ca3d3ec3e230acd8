/** What a figure may be; a figure without one is there to explain the others. */
export type Budget = { readonly at_most: number } | { readonly below: number } | { readonly at_least: number };

/** One line of the table. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** `×` is a ratio. */
  readonly unit: '×' | 'ms' | '/s' | 'MB' | '';
  readonly budget?: Budget;
  /** What it was made of, and how far the samples spread. */
  readonly note?: string;
}

/** What one scenario found. */
export interface Findings {
  readonly figures: readonly Figure[];
  /** What must never happen, however fast: a launch that failed, an analysis that runs twice. */
  readonly faults?: readonly string[];
}

export function isWithin({ value, budget }: Figure): boolean | undefined {
  if (!budget) return undefined;
  if ('at_most' in budget) return value <= budget.at_most;
  return 'below' in budget ? value < budget.below : value >= budget.at_least;
}

/** The figures as people read them, under the title of their scenario. */
export function table(title: string, figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [figure.name, `${shown(figure.value)} ${figure.unit}`.trim(), target(figure), verdict(figure)] as const);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column as 0].length))); // 0, 1, 2: columns of the row
  const [name = 0, value = 0, budget = 0] = widths;
  const lines = rows.map((row, n) => {
    const cells = `  ${row[0].padEnd(name)}  ${row[1].padStart(value)}  ${row[2].padEnd(budget)}  ${row[3].padEnd(4)}`;
    const note = figures[n]?.note;
    return note ? `${cells}  ${note}` : cells.trimEnd();
  });
  return [title, ...lines, ''].join('\n');
}

export function shown(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value.toFixed(Math.abs(value) < 10 ? 2 : 1);
}

function target({ budget }: Figure): string {
  if (!budget) return '';
  if ('at_most' in budget) return `≤ ${budget.at_most}`;
  return 'below' in budget ? `< ${budget.below}` : `≥ ${budget.at_least}`;
}

function verdict(figure: Figure): string {
  const within = isWithin(figure);
  if (within === undefined) return '';
  return within ? 'ok' : 'over';
}

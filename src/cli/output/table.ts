import { printable } from './printable.ts';
import { type Screen, type Tone, toned } from './screen.ts';

export interface Column<T> {
  readonly header: string;
  readonly of: (row: T) => string | number | undefined;
  readonly tone?: (row: T) => Tone;
  /** Loses its end where the table is wider than the terminal. */
  readonly isLong?: boolean;
}

const GAP = '  ';
const LEAST = 8;

/** Columns of text, numbers to the right, as wide as their longest value, and where there is a terminal no wider than it if they can be cut. */
export function table<T>(rows: readonly T[], columns: readonly Column<T>[], screen: Pick<Screen, 'width' | 'isColored'>): string {
  const cells = rows.map((row) => columns.map(({ of }) => plain(of(row))));
  const isNumeric = columns.map(({ of }) => rows.length > 0 && rows.every((row) => typeof of(row) === 'number'));
  const widths = columns.map(({ header }, index) => Math.max(header.length, ...cells.map((line) => (line[index] ?? '').length)));
  shrink(widths, columns, screen.width);
  const line = (texts: readonly string[], tone: (index: number) => Tone) =>
    texts
      .map((text, index) => {
        const width = widths[index] ?? 0;
        const cut = text.length > width ? `${text.slice(0, width - 1)}…` : text;
        const padded = isNumeric[index] ? cut.padStart(width) : index === texts.length - 1 ? cut : cut.padEnd(width);
        return padded.replace(cut, () => toned(cut, tone(index), screen));
      })
      .join(GAP)
      .trimEnd();
  const head = line(
    columns.map(({ header }) => header),
    () => 'plain',
  );
  const body = rows.map((row, at) => line(cells[at] ?? [], (index) => columns[index]?.tone?.(row) ?? 'plain'));
  return [head, ...body].map((text) => `${text}\n`).join('');
}

/** Names and values, one a line. What has no value is left out. */
export function record(fields: readonly (readonly [name: string, value: string | number | undefined])[]): string {
  const given = fields.filter(([, value]) => value !== undefined && value !== '');
  const width = Math.max(...given.map(([name]) => name.length));
  return given.map(([name, value]) => `${name.padEnd(width)}${GAP}${plain(value)}\n`).join('');
}

function plain(value: string | number | undefined): string {
  return printable(String(value ?? ''));
}

function shrink(widths: number[], columns: readonly Column<never>[], most: number): void {
  for (const [index, { isLong }] of [...columns.entries()].reverse()) {
    const tooMuch = widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1)) - most;
    if (isLong && tooMuch > 0) widths[index] = Math.max(LEAST, (widths[index] ?? 0) - tooMuch);
  }
}

/** Two blanks before each line that is not empty. */
export function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}

import type { CaseReport, SuiteReport, Verdict } from '../../conformance/run-suite.ts';
import { broken } from '../output/broken.ts';
import { printable } from '../output/printable.ts';

const WORDS: Readonly<Record<Verdict, string>> = { holds: 'holds', breach: 'BREACH', failed: 'FAILED', not_run: 'not run' };
const VERDICT_WIDTH = 9;
const TIME_WIDTH = 9;

/** The verdicts for a person: a line a case, with what was expected and seen below it, and a closing line; for so many columns. */
export function tableOf({ cases, left, url, duration_ms, verdict }: SuiteReport, columns: number): string {
  const groups = Map.groupBy(cases, ({ group }) => group);
  const tables = [...groups].map(([group, ofGroup]) => `${group}\n${ofGroup.map((one) => row(one, columns)).join('')}`);
  const leftover = left.length === 0 ? '' : `Not removed, and left in the cluster:\n${left.map((id) => `  ${id}\n`).join('')}\n`;
  const ending = verdict === 'interrupted' ? ', broken off' : '';
  return `${tables.join('\n')}\n${leftover}${summary(cases)}${ending}; ${seconds(duration_ms)}; ${printable(url)}\n`;
}

function row({ name, verdict, duration_ms, detail }: CaseReport, columns: number): string {
  const time = verdict === 'not_run' ? '' : seconds(duration_ms);
  const indent = ' '.repeat(VERDICT_WIDTH + TIME_WIDTH + 2);
  const told = (text: string, before: string) => broken(text, columns - before.length).join(`\n${before}`);
  const below = detail === undefined ? '' : `${indent}  ${told(printable(detail), `${indent}  `)}\n`;
  return `  ${WORDS[verdict].padEnd(VERDICT_WIDTH)}${time.padEnd(TIME_WIDTH)}${told(name, indent)}\n${below}`;
}

function summary(cases: readonly CaseReport[]): string {
  const count = (verdict: Verdict) => cases.filter((one) => one.verdict === verdict).length;
  const failed = count('failed') === 0 ? '' : `, ${count('failed')} failed`;
  return `${count('holds')} hold, ${count('breach')} breached${failed}, ${count('not_run')} not run`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

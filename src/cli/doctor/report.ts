import { broken } from '../output/broken.ts';
import { printable } from '../output/printable.ts';
import type { Screen, Tone } from '../output/screen.ts';
import { toned } from '../output/screen.ts';
import type { Finding } from './finding.ts';

const TONES: Readonly<Record<Finding['outcome'], Tone>> = { ok: 'good', note: 'quiet', warning: 'warning', wrong: 'bad' };
const WIDEST_CHECK = 24;
/** Lines are broken for a terminal of this width, also where there is none. */
const WIDTH = 80;

/** One paragraph for each finding, and under what is not right what to do about it. */
export function report(findings: readonly Finding[], screen: Pick<Screen, 'isColored'>): string {
  const width = Math.min(WIDEST_CHECK, Math.max(...findings.map(({ check }) => check.length)));
  const indent = 'warning'.length + 2 + width + 2;
  const paragraphs = findings.map(({ check, outcome, says, todo }) => {
    const head = `${toned(outcome, TONES[outcome], screen)}${' '.repeat('warning'.length - outcome.length)}  ${check.padEnd(width)}  `;
    const told = broken(printable(says), WIDTH - indent);
    const done = todo === undefined ? [] : broken(`-> ${printable(todo)}`, WIDTH - indent);
    return `${head}${[...told, ...done].join(`\n${' '.repeat(indent)}`)}\n`;
  });
  return `${paragraphs.join('')}\n${summary(findings)}\n`;
}

function summary(findings: readonly Finding[]): string {
  const count = (outcome: Finding['outcome']) => findings.filter((finding) => finding.outcome === outcome).length;
  const [wrong, warnings] = [count('wrong'), count('warning')];
  if (wrong === 0 && warnings === 0) return 'nothing is wrong';
  return `${wrong} wrong, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`;
}

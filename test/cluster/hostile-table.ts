import { expect } from 'bun:test';
import { join } from 'node:path';
import type { Answer } from './straight.ts';

/** What is known of one hostile spec. */
export interface Row {
  readonly id: string;
  readonly title: string;
  /** Status and rules of the deployer's refusal. */
  readonly deployer: string;
  /** Who refuses it where the deployer does not; undefined where nothing of it is a manifest. */
  readonly cluster: Answer | undefined;
  readonly isBaseline: boolean | undefined;
}

const page = join(import.meta.dir, '../../docs/reference/hostile-specs.md');
const BEGIN = '<!-- made by test/cluster/hostile.test.ts; UPDATE_REFERENCE=1 rewrites it -->';
const END = '<!-- end -->';

/** Compares the table of the reference with what was found, or writes it. */
export async function expectTable(rows: readonly Row[]): Promise<void> {
  const text = await Bun.file(page).text();
  const [before, rest = ''] = text.split(BEGIN);
  const [, after = ''] = rest.split(END);
  const made = `${before}${BEGIN}\n\n${summary(rows)}\n\n${table(rows)}\n\n${END}${after}`;
  if (process.env['UPDATE_REFERENCE'] === '1') await Bun.write(page, made);
  else expect(text).toBe(made);
}

const HEADS = ['RBAC', 'kube-apiserver', 'admission policy', 'accepted'] as const;
const WORDS: Readonly<Record<Answer, string>> = {
  RBAC: 'RBAC',
  'kube-apiserver': 'kube-apiserver',
  'admission policy': 'admission policy',
  accepted: '**nothing**',
};

function summary(rows: readonly Row[]): string {
  const count = (answer: Answer | undefined) => rows.filter(({ cluster }) => cluster === answer).length;
  const counts = HEADS.map((head) => `| ${WORDS[head]} | ${count(head)} |`);
  return [
    `| where the deployer does not refuse it, it is refused by | of ${rows.length} |`,
    '|---|--:|',
    ...counts,
    `| – (no manifest comes of it) | ${count(undefined)} |`,
  ].join('\n');
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(({ id, title, deployer, cluster, isBaseline }) => {
    const cells = [
      `\`${id}\``,
      title,
      deployer,
      cluster === undefined ? '–' : WORDS[cluster],
      isBaseline === undefined ? '' : isBaseline ? '' : 'too',
    ];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return ['| hostile spec | what it is | the deployer says | without it | Pod Security `baseline` |', '|---|---|---|---|---|', ...lines].join('\n');
}

import type { SuiteReport } from '../../src/conformance/run-suite.ts';

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** `vice conformance` as this binary runs it. */
export function startConformance(binary: string, args: readonly string[]): { readonly ended: Promise<Ended>; interrupt(): void } {
  const env = { PATH: '/usr/bin:/bin' };
  const child = Bun.spawn([binary, 'conformance', ...args], { env, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
  const ended = Promise.all([child.exited, new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { ended: ended.then(([code, out, err]) => ({ code, out, err })), interrupt: () => child.kill('SIGINT') };
}

/** Its report, as a program reads it. */
export async function conformanceReport(binary: string, args: readonly string[]): Promise<SuiteReport & { readonly code: number }> {
  const { code, out, err } = await startConformance(binary, [...args, '-o', 'json']).ended;
  if (out === '') throw new Error(`there is no report: ${err}`);
  const report: SuiteReport = JSON.parse(out);
  return { ...report, code };
}

/** The cases that were tried and did not hold, as lines. */
export function unkept({ cases, left }: SuiteReport): readonly string[] {
  const wrong = cases.filter(({ verdict }) => verdict === 'breach' || verdict === 'failed');
  return [...wrong.map(({ group, name, detail }) => `${group}: ${name}: ${detail}`), ...left.map((id) => `${id} is left`)];
}

/** What the cases that were not run need, the first thing of each. */
export function unmet({ cases }: SuiteReport): ReadonlySet<string> {
  const notRun = cases.filter(({ verdict }) => verdict === 'not_run');
  return new Set(notRun.map(({ detail = '' }) => detail.split(/[:;]/)[0] ?? ''));
}

import { loadConformanceConfig } from '../../config/conformance-command.ts';
import type { ConformanceCase } from '../../conformance/case.ts';
import { allCases } from '../../conformance/cases/all.ts';
import { findOut } from '../../conformance/find-out.ts';
import { runSuite } from '../../conformance/run-suite.ts';
import { ConfigurationError } from '../../errors/errors.ts';
import { screenOf } from '../output/screen.ts';
import { groundOf } from './ground.ts';
import { progressOn } from './progress.ts';
import { tableOf } from './table.ts';

/**
 * `vice conformance --url URL`: tries every promise of the deployer's contract on a deployer that runs, with analyses of its own, and removes them. Exit
 * code 0 when all that was tried holds, else 1; flags and files are ConfigurationError (2).
 */
export async function run(argv: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  const config = loadConformanceConfig(argv, env);
  const cases = casesIn(config.only);
  const ground = await groundOf(config);
  const has = await findOut(ground, config.isExclusive, signal);
  const progress = progressOn(process.stderr);
  const report = await runSuite(cases, ground, has, progress, signal);
  progress.end();
  process.stdout.write(config.output === 'json' ? `${JSON.stringify(report, null, 2)}\n` : tableOf(report, screenOf(env).width));
  return report.verdict === 'holds' ? 0 : 1;
}

function casesIn(only: readonly string[]): readonly ConformanceCase[] {
  const groups = new Set(allCases.map(({ group }) => group));
  const faults = only.filter((name) => !groups.has(name)).map((name) => ({ path: '--only', message: `there is no group ${name}` }));
  if (faults.length > 0) throw new ConfigurationError(`the groups of cases are ${[...groups].join(', ')}`, { faults });
  return only.length === 0 ? allCases : allCases.filter(({ group }) => only.includes(group));
}

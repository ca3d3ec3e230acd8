import { analysisApi } from '../../adapters/coordinator-client/analyses.ts';
import { exitCommand } from '../../config/client/analysis-commands.ts';
import { readCommand } from '../../config/client/command.ts';
import { connect } from '../connect.ts';
import { confirm } from '../output/confirm.ts';
import { print } from '../output/print.ts';
import { printable } from '../output/printable.ts';
import { progress } from '../output/progress.ts';
import { screenOf } from '../output/screen.ts';
import { isGone, wait } from './wait.ts';

/** `vice exit ID`: ends an analysis, and with `--wait` waits until its cluster has nothing of it any more. */
export async function run(argv: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  const { values, operands } = readCommand(exitCommand, argv, env);
  const [id = ''] = operands;
  const screen = screenOf(env);
  const analyses = analysisApi(connect(values), signal);
  const { username, cluster } = await analyses.report(id); // what was never launched is told, and not ended
  const where = cluster === undefined ? '' : ` in ${cluster.name}`;
  if (!(await confirm(`End the analysis ${id} of ${username}${where} without saving its outputs?`, { yes: values.yes, screen, signal }))) return 1;
  await analyses.exit(id);
  const report = () => analyses.report(id);
  const { report: latest = await report(), fault } = values.wait
    ? await wait({ report, judge: isGone, timeoutMs: values.timeout * 1_000, progress: progress(screen), signal })
    : {};
  print(values.output, latest, () => `${id} is ${latest.removal === undefined ? latest.state : 'being removed from its cluster'}\n`);
  if (fault !== undefined) process.stderr.write(`vice: the analysis is not gone: ${printable(fault)}\n`);
  return fault === undefined ? 0 : 1;
}

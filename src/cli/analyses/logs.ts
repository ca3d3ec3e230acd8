import { analysisApi } from '../../adapters/coordinator-client/analyses.ts';
import { logsCommand } from '../../config/client/analysis-commands.ts';
import { readCommand } from '../../config/client/command.ts';
import { connect } from '../connect.ts';
import { print } from '../output/print.ts';
import { follow } from './follow.ts';

/** `vice logs ID`: what a container of an analysis writes, until now or with `-f` until it ends. */
export async function run(argv: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  const { values, operands } = readCommand(logsCommand, argv, env);
  const [id = ''] = operands;
  const { container, since, tail, output, timestamps } = values;
  const analyses = analysisApi(connect(values), signal);
  const wanted = { container, since, 'tail-lines': tail, ...(values.previous && { previous: 'true' }) };
  if (values.follow) return follow((resumed) => analyses.followLogs(id, { ...wanted, ...resumed }), { timestamps, output, signal });
  const logs = await analyses.logs(id, { ...wanted, ...(timestamps && { timestamps: 'true' }) });
  print(output, logs, () => logs.lines.map((line) => `${line}\n`).join(''));
  if (logs.truncated) process.stderr.write('vice: note: older lines were left out, because there are too many; --tail and --since choose\n');
  return 0;
}

import { analysisApi } from '../../adapters/coordinator-client/analyses.ts';
import { logsCommand } from '../../config/client/analysis-commands.ts';
import { readCommand } from '../../config/client/command.ts';
import { connect } from '../connect.ts';
import { documentText } from '../output/print.ts';
import { printableLogLine } from '../output/printable.ts';
import { screenOf } from '../output/screen.ts';
import { follow } from './follow.ts';

/** `vice logs ID`: what a container of an analysis writes, until now or with `-f` until it ends. */
export async function run(argv: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  const { values, operands } = readCommand(logsCommand, argv, env);
  const [id = ''] = operands;
  const { container, since, tail, output, timestamps } = values;
  // A file or a program gets what the container wrote, byte for byte.
  const { isTerminal, isWatched } = screenOf(env);
  const shown = isTerminal ? printableLogLine : (line: string) => line;
  const waiting = (trouble: string) => void (isWatched && process.stderr.write(`vice: ${trouble}; asking again\n`));
  const analyses = analysisApi(connect(values), signal);
  const wanted = { container, since, 'tail-lines': tail, ...(values.previous && { previous: 'true' }) };
  if (values.follow) return follow((resumed) => analyses.followLogs(id, { ...wanted, ...resumed }), { timestamps, output, shown, waiting, signal });
  const logs = await analyses.logs(id, { ...wanted, ...(timestamps && { timestamps: 'true' }) });
  process.stdout.write(output === 'table' ? logs.lines.map((line) => `${shown(line)}\n`).join('') : documentText(output, logs));
  if (logs.truncated) process.stderr.write('vice: note: older lines were left out, because there are too many; --tail and --since choose\n');
  return 0;
}

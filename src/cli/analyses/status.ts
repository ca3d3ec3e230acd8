import { analysisApi } from '../../adapters/coordinator-client/analyses.ts';
import { statusCommand } from '../../config/client/analysis-commands.ts';
import { readCommand } from '../../config/client/command.ts';
import { connect } from '../connect.ts';
import { print } from '../output/print.ts';
import { screenOf } from '../output/screen.ts';
import { analysesTable, analysisPage } from './views.ts';

/** `vice status [ID]`: one analysis and what its cluster says of it, or all that the filters let through. */
export async function run(argv: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  const { values, operands } = readCommand(statusCommand, argv, env, ({ values: { cluster, user, state }, operands: [id] }, faults) => {
    if (id === undefined) return;
    const given = { '--cluster': cluster !== undefined, '--user': user !== undefined, '--state': state.length > 0 };
    for (const [path, isGiven] of Object.entries(given)) if (isGiven) faults.push({ path, message: 'cannot be given together with an ID' });
  });
  const analyses = analysisApi(connect(values), signal);
  const [id] = operands;
  if (id !== undefined) {
    const report = await analyses.report(id);
    print(values.output, report, () => analysisPage(report, screenOf(env), Date.now()));
    return 0;
  }
  const { cluster, user, state, limit } = values;
  const page = await analyses.list({ cluster, user, limit, state: state.length === 0 ? undefined : state.join(',') });
  print(values.output, page, () => analysesTable(page, screenOf(env), Date.now()));
  return 0;
}

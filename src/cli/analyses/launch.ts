import { analysisApi } from '../../adapters/coordinator-client/analyses.ts';
import { launchCommand } from '../../config/client/analysis-commands.ts';
import { readCommand } from '../../config/client/command.ts';
import { InvalidDocumentError } from '../../errors/errors.ts';
import { connect, readText } from '../connect.ts';
import { print } from '../output/print.ts';
import { printable } from '../output/printable.ts';
import { progress } from '../output/progress.ts';
import { screenOf } from '../output/screen.ts';
import { analysisPage } from './views.ts';
import { isOpen, wait } from './wait.ts';

/** `vice launch FILE`: sends the body of a launch to the coordinator, and with `--wait` waits until its page answers. */
export async function run(argv: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  const { values, operands } = readCommand(launchCommand, argv, env);
  const document = documentIn(operands[0] ?? '-');
  const analyses = analysisApi(connect(values), signal);
  const screen = screenOf(env);
  const telling = progress(screen);
  telling.say('launching');
  await analyses.launch(document).finally(() => telling.end());
  const id = String(Object(document)['uuid']);
  const report = () => analyses.report(id);
  const { report: latest = await report(), fault } = values.wait
    ? await wait({ report, judge: isOpen, timeoutMs: values.timeout * 1_000, progress: telling, signal })
    : {};
  print(values.output, latest, () => analysisPage(latest, screen, Date.now()));
  if (fault !== undefined) process.stderr.write(`vice: the analysis does not run: ${printable(fault)}\n`);
  return fault === undefined ? 0 : 1;
}

function documentIn(path: string): unknown {
  const text = readText('FILE', path);
  try {
    return JSON.parse(text);
  } catch (err) {
    throw new InvalidDocumentError(`${path} is no JSON`, { cause: err });
  }
}

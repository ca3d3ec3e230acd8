import { helpPage, overview } from '../config/help.ts';
import type { Environment } from '../config/read.ts';
import { ConfigurationError } from '../errors/errors.ts';
import { screenOf } from './output/screen.ts';

/** `vice help [TOPIC]`: the overview, or the page of a mode, a command or a group of commands. Words after those of the topic are what it would be told. */
export function run(argv: readonly string[], env: Environment): Promise<number> {
  const [first = '', second = ''] = argv;
  const { width } = screenOf(env);
  const text = first === '' ? overview(width) : (helpPage(`${first} ${second}`, width) ?? helpPage(first, width));
  if (text === undefined) throw new ConfigurationError(`there is no help on "${first}"; vice help lists what there is`);
  process.stdout.write(text);
  return Promise.resolve(0);
}

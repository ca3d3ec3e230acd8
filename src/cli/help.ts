import { helpPage, overview } from '../config/help.ts';
import { ConfigurationError } from '../errors/errors.ts';

/** `vice help [TOPIC]`: the overview, or the page of a mode or a command. */
export function run(argv: readonly string[]): Promise<number> {
  const [topic] = argv;
  const text = topic === undefined ? overview() : helpPage(topic);
  if (text === undefined) throw new ConfigurationError(`there is no help on "${topic}"; vice help lists what there is`);
  process.stdout.write(text);
  return Promise.resolve(0);
}

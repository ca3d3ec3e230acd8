/** What a command line asks for. */
export type Asked =
  | { readonly is: 'version' }
  /** `topic` are the words of a command, or a mode. */
  | { readonly is: 'help'; readonly topic: readonly string[] }
  | { readonly is: 'command'; readonly name: string; readonly rest: readonly string[] }
  | { readonly is: 'mode'; readonly mode: string }
  | { readonly is: 'nothing' };

/** Version and help are told whatever else is there, and a command may have arguments that look like a mode. */
export function askedOf(argv: readonly string[]): Asked {
  const [first, ...rest] = argv;
  const flags = new Set(argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined));
  if (['--version', '-version'].some((flag) => flags.has(flag))) return { is: 'version' };
  if (['--help', '-help', '-h'].some((flag) => flags.has(flag))) return { is: 'help', topic: topicOf(argv) };
  if (first !== undefined && !first.startsWith('-')) return { is: 'command', name: first, rest };
  const mode = modeOf(argv);
  return mode === undefined ? { is: 'nothing' } : { is: 'mode', mode };
}

function modeOf(argv: readonly string[]): string | undefined {
  const index = argv.findIndex((token) => /^--?mode(=|$)/.test(token));
  const token = argv[index];
  if (token === undefined) return undefined;
  return token.includes('=') ? token.slice(token.indexOf('=') + 1) : (argv[index + 1] ?? '');
}

function topicOf(argv: readonly string[]): readonly string[] {
  const first = argv.findIndex((token) => token.startsWith('-'));
  const words = argv.slice(0, first === -1 ? undefined : first);
  const mode = modeOf(argv);
  return words.length === 0 && mode !== undefined ? [mode] : words;
}

import { type DestinationStream, destination as fileDestination, type LevelWithSilent, type Logger, pino, stdTimeFunctions } from 'pino';

export interface LoggerOptions {
  readonly level: LevelWithSilent;
  /** `coordinator`, `standalone` ...: stands in every line. */
  readonly mode: string;
  /** @default standard output, written at once: a line is never lost to the end of the process */
  readonly destination?: DestinationStream;
}

// Properties with these names never show their value, whether an object is logged itself or lies one or two levels inside of what is logged.
const SECRET_NAMES = [
  'authorization',
  'cookie',
  'password',
  'passwd',
  'secret',
  'token',
  'key',
  'client_key',
  'clientKey',
  'client_secret',
  'clientSecret',
  'private_key',
  'privateKey',
  'dbUri',
  'dbListenUri',
  'kubeconfigText',
];

/**
 * The log of a process: one JSON object a line. A pino `transport` is never used: it starts a worker from a file, and a compiled binary has none.
 */
export function createLogger({ level, mode, destination = standardOutput() }: LoggerOptions): Logger {
  const options = {
    level,
    base: { service: 'vice', mode },
    messageKey: 'message',
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
  };
  return pino(options, destination);
}

/** Written at once, in order and whole. When nobody reads it any more, lines are lost, and not the requests that logged them. */
function standardOutput(): DestinationStream {
  const stream = fileDestination({ dest: 1, sync: true });
  stream.on('error', () => {});
  return stream;
}

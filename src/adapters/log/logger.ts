import {
  type DestinationStream,
  destination as fileDestination,
  type LevelWithSilent,
  type Logger,
  pino,
  type SerializedError,
  stdSerializers,
  stdTimeFunctions,
} from 'pino';

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
    serializers: { err: serializeError },
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
  };
  return pino(options, destination);
}

/** As pino does, but the type is the error's own name, because the build shortens those of classes, and a message that tells of its cause tells once. */
function serializeError(err: Error): SerializedError {
  const told = stdSerializers.err(err);
  if (!(err instanceof Error)) return told;
  told.type = err.name;
  if (err.cause instanceof Error && err.message.includes(err.cause.message)) told.message = err.message;
  return told;
}

/** Written at once, in order and whole. When nobody reads it any more, lines are lost, and not the requests that logged them. */
function standardOutput(): DestinationStream {
  const stream = fileDestination({ dest: 1, sync: true });
  stream.on('error', () => {});
  return stream;
}

import {
  type Bindings,
  type DestinationStream,
  destination as fileDestination,
  type LevelWithSilent,
  type Logger,
  pino,
  type SerializedError,
  stdSerializers,
  stdTimeFunctions,
} from 'pino';
import { redact } from './redact.ts';

export interface LoggerOptions {
  readonly level: LevelWithSilent;
  /** `coordinator`, `standalone` ...: stands in every line. */
  readonly mode: string;
  /** @default standard output, written at once: a line is never lost to the end of the process */
  readonly destination?: DestinationStream;
}

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
    formatters: { level: (label: string) => ({ level: label }), log: shown },
  };
  return withCleanChildren(pino(options, destination));
}

/** Errors are left to their serializer, which must see them as they are. */
function shown(line: Record<string, unknown>): Record<string, unknown> {
  const { err, ...rest } = line;
  return err === undefined ? Object(redact(line)) : { ...Object(redact(rest)), err };
}

/** What a child is bound to is written once, past the formatter of lines. */
function withCleanChildren(log: Logger): Logger {
  const { child } = log;
  log.child = function (this: Logger, bindings: Bindings, options) {
    return Reflect.apply(child, this, [redact(bindings), options]);
  } as typeof log.child; // the custom levels that pino's type speaks of are none
  return log;
}

/** As pino does, but the type is the error's own name, because the build shortens those of classes, and a message that tells of its cause tells once. */
function serializeError(err: Error): SerializedError {
  const told = stdSerializers.err(err);
  if (!(err instanceof Error)) return told;
  told.type = err.name;
  if (err.cause instanceof Error && err.message.includes(err.cause.message)) told.message = err.message;
  return Object(redact(told));
}

/** Written at once, in order and whole. When nobody reads it any more, lines are lost, and not the requests that logged them. */
function standardOutput(): DestinationStream {
  const stream = fileDestination({ dest: 1, sync: true });
  stream.on('error', () => {});
  return stream;
}

import { type Static, Type } from '@sinclair/typebox';

/** The answer to `GET .../logs` without `follow`. */
export const Logs = Type.Object(
  {
    pod: Type.String(),
    container: Type.String(),
    /**
     * When the reading began, in whole seconds since 1970, as text: given back as `since-time` it misses no line, and repeats those of that second.
     */
    since_time: Type.String({ pattern: '^[0-9]+$' }),
    /** Oldest first, without their newlines. A line of more than 64 Ki characters comes as several. */
    lines: Type.Array(Type.String()),
    /** Older lines were left out, because all of them would be more than an answer may hold. */
    truncated: Type.Boolean(),
  },
  { additionalProperties: false },
);
export type Logs = Static<typeof Logs>;

/**
 * One line of the answer to `GET .../logs?follow=true`, which is `application/x-ndjson`. The first one says what is read, and an `end` is the last one:
 * an answer without it was cut on the way.
 */
export const LogRecord = Type.Union([
  Type.Object({ pod: Type.String(), container: Type.String(), since_time: Type.String({ pattern: '^[0-9]+$' }) }, { additionalProperties: false }),
  Type.Object({ line: Type.String() }, { additionalProperties: false }),
  /** RFC 3339. Told while there is nothing else to tell, every few seconds. */
  Type.Object({ heartbeat: Type.String() }, { additionalProperties: false }),
  Type.Object(
    {
      end: Type.Union([
        /** There will be no more lines: the container has ended, or its pod is gone. */
        Type.Literal('ended'),
        /** The cluster no longer tells, or the request has lasted for an hour; the container may go on. Ask again. */
        Type.Literal('interrupted'),
        /** The deployer is being replaced. Ask again. */
        Type.Literal('deployer_ending'),
      ]),
      message: Type.Optional(Type.String()),
    },
    { additionalProperties: false },
  ),
]);
export type LogRecord = Static<typeof LogRecord>;

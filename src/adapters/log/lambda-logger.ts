import { Logger as Powertools } from '@aws-lambda-powertools/logger';
import type { LevelWithSilent, Logger } from 'pino';
import { createLogger } from './logger.ts';

/** What of an invocation stands in every line that is logged during it. */
export interface InvocationContext {
  readonly requestId: string;
  readonly functionArn: string;
}

export interface LambdaLogger {
  readonly log: Logger;
  /** To be told of every invocation before it is handled. */
  begin(invocation: InvocationContext): void;
}

/** What the function is, from the environment that Lambda sets. */
export interface FunctionFacts {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly memoryLimitInMB: string;
}

type Method = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'critical';

/**
 * The log of a function. Code logs through the same interface as everywhere, with the same redaction; Powertools prints the line, with request id,
 * cold start and trace as AWS' own tools look for them.
 */
export function createLambdaLogger(level: LevelWithSilent, facts: FunctionFacts): LambdaLogger {
  const powertools = new Powertools({ serviceName: 'vice', logLevel: 'TRACE' });
  const destination = {
    write: (line: string) => {
      const { level: name, time: _time, service: _service, message = '', ...rest } = fields(line);
      powertools[methodOf(name)](String(message), rest);
    },
  };
  return {
    log: createLogger({ level, mode: 'lambda', destination }),
    begin: ({ requestId, functionArn }) => powertools.addContext(contextOf(facts, requestId, functionArn)),
  };
}

function fields(line: string): Record<string, unknown> {
  const parsed: unknown = JSON.parse(line);
  return Object(parsed);
}

function methodOf(level: unknown): Method {
  switch (level) {
    case 'trace':
    case 'debug':
    case 'info':
    case 'warn':
    case 'error':
      return level;
    default:
      return 'critical';
  }
}

function contextOf(facts: FunctionFacts, awsRequestId: string, invokedFunctionArn: string) {
  const unused = () => undefined;
  return {
    ...facts,
    awsRequestId,
    invokedFunctionArn,
    callbackWaitsForEmptyEventLoop: false,
    logGroupName: '',
    logStreamName: '',
    getRemainingTimeInMillis: () => 0,
    done: unused,
    fail: unused,
    succeed: unused,
  };
}

import { ConfigurationError } from '../errors/errors.ts';
import type { Environment } from './read.ts';

/** Where the Lambda Runtime API is. Apart from the rest of the configuration, because it is needed before that is read. @throws ConfigurationError */
export function runtimeApiAddress(env: Environment): string {
  const address = env['AWS_LAMBDA_RUNTIME_API'];
  if (address) return address;
  throw new ConfigurationError('--mode=lambda runs as an AWS Lambda function only: AWS_LAMBDA_RUNTIME_API is not set');
}

/** What Lambda says of the function in its environment. */
export interface FunctionFacts {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly memoryLimitInMB: string;
}

export function functionFacts(env: Environment): FunctionFacts {
  return {
    functionName: env['AWS_LAMBDA_FUNCTION_NAME'] ?? '',
    functionVersion: env['AWS_LAMBDA_FUNCTION_VERSION'] ?? '',
    memoryLimitInMB: env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'] ?? '',
  };
}

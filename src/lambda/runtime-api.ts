import type { Invocation } from './invocation.ts';

/** The Lambda Runtime API: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
export interface RuntimeApi {
  /** Waits for the next call, for as long as it takes. */
  next(signal: AbortSignal): Promise<Invocation>;
  /** Answers a call. @throws when the answer is refused, for instance because it is larger than 6 MB */
  respond(requestId: string, answer: unknown): Promise<void>;
  /** Says that a call failed. */
  fail(requestId: string, err: unknown): Promise<void>;
}

const ANSWER_TIMEOUT_MS = 10_000;

/** `address` is the value of AWS_LAMBDA_RUNTIME_API, host and port. */
export function runtimeApi(address: string): RuntimeApi {
  const base = `http://${address}/2018-06-01/runtime/invocation`;
  const post = async (path: string, document: unknown, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await fetch(`${base}/${path}`, {
      method: 'POST',
      body: JSON.stringify(document),
      headers: { 'content-type': 'application/json', ...headers },
      proxy: '',
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`the Lambda Runtime API refused ${path.split('/')[1]} with status ${answer.status}`);
  };
  return {
    next: async (signal) => invocationOf(await fetch(`${base}/next`, { timeout: false, proxy: '', signal })),
    respond: (requestId, answer) => post(`${requestId}/response`, answer),
    fail: (requestId, err) => {
      // The name only: API Gateway never shows this, but whoever invokes the function directly would see the message.
      const errorType = err instanceof Error ? err.name : 'Error';
      return post(`${requestId}/error`, { errorType, errorMessage: 'see the log' }, { 'lambda-runtime-function-error-type': errorType });
    },
  };
}

async function invocationOf(answer: Response): Promise<Invocation> {
  const requestId = answer.headers.get('lambda-runtime-aws-request-id');
  if (!answer.ok || requestId === null) throw new Error(`the Lambda Runtime API gave no invocation, but status ${answer.status}`);
  const traceId = answer.headers.get('lambda-runtime-trace-id');
  return {
    requestId,
    deadlineMs: Number(answer.headers.get('lambda-runtime-deadline-ms')),
    functionArn: answer.headers.get('lambda-runtime-invoked-function-arn') ?? '',
    ...(traceId !== null && { traceId }),
    event: await answer.json(),
  };
}

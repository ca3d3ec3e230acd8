import { createLambdaFunction } from '../../src/modes/lambda-function.ts';
import { httpEvent } from '../support/lambda-runtime.ts';

const INVOCATION_MS = 30_000;

/** The deployer's function behind what API Gateway does: requests become events, and the function's results answers. */
export function startLambdaGateway(kubeconfig: string, namespace: string): { readonly url: string; stop(): Promise<void> } {
  const env = { VICE_KUBECONFIG: kubeconfig, AWS_LAMBDA_FUNCTION_NAME: 'vice', AWS_LAMBDA_FUNCTION_VERSION: '1' };
  const handler = createLambdaFunction(['--vice-namespace', namespace, '--log-level', 'fatal'], env);
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 60,
    fetch: async (request) => {
      const { pathname, search } = new URL(request.url);
      const body = await request.text();
      const event = httpEvent(request.method, pathname, {
        rawQueryString: search.slice(1),
        headers: Object.fromEntries(request.headers),
        ...(body !== '' && { body: Buffer.from(body).toString('base64'), isBase64Encoded: true }),
      });
      const invocation = { requestId: crypto.randomUUID(), deadlineMs: Date.now() + INVOCATION_MS, functionArn: 'arn:aws:lambda', event };
      return answer(await handler.handle(invocation));
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) };
}

interface Result {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

function answer(document: unknown): Response {
  const { statusCode, headers, body, isBase64Encoded } = document as Result; // what src/lambda/http-result.ts makes
  const hasBody = statusCode !== 204 && statusCode !== 304;
  return new Response(hasBody ? Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8') : null, { status: statusCode, headers });
}

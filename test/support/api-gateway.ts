import type { EventHandler } from '../../src/lambda/invocation.ts';

/** API Gateway in front of one function: HTTP comes in, events go to the function, its results go out as HTTP. */
export interface ApiGateway {
  readonly url: string;
  stop(): Promise<void>;
}

interface Result {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

const INTEGRATION_TIMEOUT_MS = 30_000;

export function startApiGateway(lambda: EventHandler): ApiGateway {
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 60,
    fetch: async (request) => {
      const result = await lambda.handle({
        requestId: crypto.randomUUID(),
        deadlineMs: Date.now() + INTEGRATION_TIMEOUT_MS,
        functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:vice',
        event: await eventOf(request),
      });
      // The function's own type of a result; what is wrong with it shows in the test that reads the answer.
      const { statusCode, headers, body, isBase64Encoded } = result as Result;
      return new Response(isBase64Encoded ? Buffer.from(body, 'base64') : body, { status: statusCode, headers });
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) };
}

async function eventOf(request: Request): Promise<unknown> {
  const { pathname, search } = new URL(request.url);
  const body = await request.bytes();
  return {
    version: '2.0',
    rawPath: pathname,
    rawQueryString: search.slice(1),
    headers: Object.fromEntries(request.headers),
    requestContext: { stage: '$default', http: { method: request.method } },
    ...(body.byteLength > 0 && { body: body.toBase64(), isBase64Encoded: true }),
  };
}

/** What a function did with an invocation. */
export type Outcome =
  | { readonly kind: 'answer'; readonly answer: Record<string, unknown> }
  | { readonly kind: 'error'; readonly error: Record<string, unknown>; readonly type: string | null };

/** A stand-in for the Lambda Runtime API: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
export interface LambdaRuntime {
  /** The value of AWS_LAMBDA_RUNTIME_API. */
  readonly address: string;
  /** Settles when the function has asked for its first invocation. */
  readonly polled: Promise<void>;
  invoke(event: unknown, timeoutMs?: number): Promise<Outcome>;
  stop(): Promise<void>;
}

// Of Lambda itself, for the answer of one invocation.
const LARGEST_ANSWER = 6 * 1024 * 1024;

interface Call {
  readonly event: unknown;
  readonly timeoutMs: number;
  readonly settle: (outcome: Outcome) => void;
}

export function startLambdaRuntime(): LambdaRuntime {
  const polled = Promise.withResolvers<void>();
  const waiting: ((call: Call) => void)[] = [];
  const queue: Call[] = [];
  const running = new Map<string, Call>();
  const nextCall = () => {
    const call = queue.shift();
    return call === undefined ? new Promise<Call>((resolve) => waiting.push(resolve)) : Promise.resolve(call);
  };
  const next = async () => {
    polled.resolve();
    const call = await nextCall();
    const id = crypto.randomUUID();
    running.set(id, call);
    return Response.json(call.event, {
      headers: {
        'lambda-runtime-aws-request-id': id,
        'lambda-runtime-deadline-ms': String(Date.now() + call.timeoutMs),
        'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:123456789012:function:vice',
        'lambda-runtime-trace-id': 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1',
      },
    });
  };
  const settle = async (request: Request, id: string, kind: string) => {
    const call = running.get(id);
    if (call === undefined) return new Response(null, { status: 404 });
    const text = await request.text();
    if (kind === 'response' && text.length > LARGEST_ANSWER) return Response.json({ errorType: 'RequestEntityTooLarge' }, { status: 413 });
    running.delete(id);
    const document: unknown = JSON.parse(text);
    const type = request.headers.get('lambda-runtime-function-error-type');
    call.settle(kind === 'response' ? { kind: 'answer', answer: Object(document) } : { kind: 'error', error: Object(document), type });
    return new Response(null, { status: 202 });
  };
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    fetch: (request) => {
      const [, id = '', kind = ''] = /^\/2018-06-01\/runtime\/invocation\/([^/]+)(?:\/(response|error))?$/.exec(new URL(request.url).pathname) ?? [];
      if (id === 'next' && request.method === 'GET') return next();
      return kind === '' ? new Response(null, { status: 404 }) : settle(request, id, kind);
    },
  });
  return {
    address: `127.0.0.1:${server.port}`,
    polled: polled.promise,
    invoke: (event, timeoutMs = 10_000) =>
      new Promise((resolve) => {
        const call = { event, timeoutMs, settle: resolve };
        const idle = waiting.shift();
        if (idle === undefined) queue.push(call);
        else idle(call);
      }),
    stop: () => server.stop(true),
  };
}

/** An event of API Gateway, payload format 2.0. */
export function httpEvent(method: string, path: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    headers: { host: 'x', 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.7' },
    requestContext: { stage: '$default', http: { method, path, protocol: 'HTTP/1.1', sourceIp: '203.0.113.7' } },
    isBase64Encoded: false,
    ...more,
  };
}

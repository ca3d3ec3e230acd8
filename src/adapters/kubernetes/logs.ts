import type { LogRequest, LogSource } from '../../deployer/logs/ports.ts';
import { NotFoundError, NotStartedError, SpecRefusedError, UnavailableError, UpstreamError } from '../../errors/errors.ts';
import { ViceError } from '../../errors/vice-error.ts';
import { objectPath, withQuery } from './path.ts';
import type { Transport } from './transport.ts';

/** Logs as the kube-apiserver fetches them from the kubelet of the node: one request each, which is never repeated. */
export function kubernetesLogs(transport: Transport, namespace: string): LogSource {
  return {
    open: async (request, signal) => {
      const what = `the log of ${request.container} in ${request.pod}`;
      const call = { method: 'GET', path: pathOf(request, namespace), accept: '*/*', verb: 'read', what } as const;
      const { body } = await transport.open(call, signal).catch((err: unknown) => {
        throw logError(err);
      });
      return body === null ? nothing() : pieces(body, what);
    },
  };
}

function pathOf({ pod, container, previous, sinceSeconds, sinceTime, tailLines, timestamps, follow }: LogRequest, namespace: string): string {
  return withQuery(`${objectPath('Pod', namespace, pod)}/log`, {
    container,
    ...(previous && { previous: 'true' }),
    sinceSeconds: sinceSeconds?.toString(),
    sinceTime: sinceTime?.toISOString(),
    tailLines: tailLines?.toString(),
    ...(timestamps && { timestamps: 'true' }),
    ...(follow && { follow: 'true' }),
  });
}

/** A kubelet refuses everything that it has no log for with 400 and a sentence. */
function logError(err: unknown): unknown {
  if (!(err instanceof SpecRefusedError)) return err;
  const said = err.faults?.[0]?.message ?? err.message;
  const { cause } = err;
  if (/ is waiting to start| is not available/.test(said)) return new NotStartedError(said, { cause, retryAfterSeconds: 2 });
  if (/ is not valid for pod | not found| is terminated/.test(said)) return new NotFoundError(said, { cause });
  return new UpstreamError(`the cluster refuses to read the log: ${said}`, { cause });
}

async function* pieces(body: AsyncIterable<Uint8Array>, what: string): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (err) {
    if (err instanceof ViceError) throw err;
    throw new UnavailableError(`${what} broke off: ${err instanceof Error ? err.message : String(err)}`, { cause: err });
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

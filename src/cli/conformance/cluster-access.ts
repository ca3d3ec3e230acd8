import { credentialsFrom } from '../../adapters/kubernetes/credentials.ts';
import { type Call, createTransport } from '../../adapters/kubernetes/transport.ts';
import type { ClusterAccess } from '../../conformance/cluster-objects.ts';
import { NotFoundError } from '../../errors/errors.ts';

const CALL_MS = 30_000;

/** The cluster of this kubeconfig's current context. */
export function clusterAccess(kubeconfig: string): ClusterAccess {
  const transport = createTransport({ credentials: credentialsFrom({ from: 'file', path: kubeconfig }), userAgent: 'vice-conformance' });
  const send = (call: Call) => transport.send(call, AbortSignal.timeout(CALL_MS));
  const absent = (err: unknown) => {
    if (err instanceof NotFoundError) return undefined;
    throw err;
  };
  return {
    // Of the kind that the path names; the caller says which.
    find: <T>(path: string) => send({ method: 'GET', verb: 'get', what: path, path }).catch(absent) as Promise<T | undefined>,
    create: (path, body) => send({ method: 'POST', verb: 'create', what: path, path, body }),
    patch: (path, body) => send({ method: 'PATCH', verb: 'patch', what: path, path, body, contentType: 'application/merge-patch+json' }),
    delete: async (path, propagationPolicy = 'Background') => {
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy };
      await send({ method: 'DELETE', verb: 'delete', what: path, path, body }).catch(absent);
    },
  };
}

import { ClusterMisconfiguredError } from '../../errors/errors.ts';
import { isJson } from './answers.ts';
import type { KubeconfigSource } from './credentials.ts';
import { credentialsFrom } from './credentials.ts';
import { createTransport } from './transport.ts';

/** One verb on one kind of thing. Without a namespace: cluster-wide. */
export interface Right {
  readonly verb: string;
  /** `''` is the core group. */
  readonly group: string;
  /** With its subresource: `pods/log`. */
  readonly resource: string;
  readonly namespace?: string;
}

/** A cluster as an account sees it that wants to know what it may do there. Everything @throws ViceError when the kube-apiserver cannot be asked. */
export interface ClusterAccess {
  /** `v1.32.1`. */
  version(signal: AbortSignal): Promise<string>;
  /** `hidden`: this account may not look. */
  namespace(name: string, signal: AbortSignal): Promise<'absent' | 'hidden' | { readonly phase: string }>;
  /** By SelfSubjectAccessReview: https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access. */
  may(right: Right, signal: AbortSignal): Promise<boolean>;
}

export function clusterAccess(kubeconfig: KubeconfigSource): ClusterAccess {
  const transport = createTransport({ credentials: credentialsFrom(kubeconfig), userAgent: 'vice-doctor', tries: 1, timeoutMs: 5_000 });
  const may = async ({ verb, group, resource: named, namespace }: Right, signal: AbortSignal): Promise<boolean> => {
    const [resource, subresource] = named.split('/');
    const resourceAttributes = { verb, group, resource, ...(subresource && { subresource }), ...(namespace !== undefined && { namespace }) };
    const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } };
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const answer = await transport.send({ method: 'POST', path, body, verb: 'create', what: 'SelfSubjectAccessReview' }, signal);
    return isJson(answer) && isJson(answer['status']) && answer['status']['allowed'] === true;
  };
  return {
    async version(signal) {
      const answer = await transport.send({ method: 'GET', path: '/version', verb: 'get', what: 'the version' }, signal);
      return isJson(answer) && typeof answer['gitVersion'] === 'string' ? answer['gitVersion'] : 'unknown';
    },
    async namespace(name, signal) {
      if (!(await may({ verb: 'get', group: '', resource: 'namespaces', namespace: name }, signal))) return 'hidden';
      const call = { method: 'GET', path: `/api/v1/namespaces/${encodeURIComponent(name)}`, verb: 'get', what: `Namespace/${name}` } as const;
      try {
        const answer = await transport.send(call, signal);
        const status = isJson(answer) && isJson(answer['status']) ? answer['status'] : {};
        return { phase: typeof status['phase'] === 'string' ? status['phase'] : 'unknown' };
      } catch (err) {
        // What a deployer takes for its administrator's mistake is here the answer.
        if (err instanceof ClusterMisconfiguredError) return 'absent';
        throw err;
      }
    },
    may,
  };
}

import { isJson } from './answers.ts';
import type { KubeconfigSource } from './credentials.ts';
import { credentialsFrom } from './credentials.ts';
import { absentIf404 } from './pages.ts';
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
  /** Its phase, undefined when there is none. @throws ClusterMisconfiguredError when this account may not look */
  namespace(name: string, signal: AbortSignal): Promise<string | undefined>;
  /** By SelfSubjectAccessReview: https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access. */
  may(right: Right, signal: AbortSignal): Promise<boolean>;
}

export function clusterAccess(kubeconfig: KubeconfigSource): ClusterAccess {
  const transport = createTransport({ credentials: credentialsFrom(kubeconfig), userAgent: 'vice-doctor', tries: 1, timeoutMs: 5_000 });
  return {
    async version(signal) {
      const answer = await transport.send({ method: 'GET', path: '/version', verb: 'get', what: 'the version' }, signal);
      return isJson(answer) && typeof answer['gitVersion'] === 'string' ? answer['gitVersion'] : 'unknown';
    },
    async namespace(name, signal) {
      const path = `/api/v1/namespaces/${encodeURIComponent(name)}`;
      const answer = await absentIf404(() => transport.send({ method: 'GET', path, verb: 'get', what: `Namespace/${name}` }, signal));
      if (answer === undefined) return undefined;
      const status = isJson(answer) && isJson(answer['status']) ? answer['status'] : {};
      return typeof status['phase'] === 'string' ? status['phase'] : 'unknown';
    },
    async may({ verb, group, resource: named, namespace }, signal) {
      const [resource, subresource] = named.split('/');
      const resourceAttributes = { verb, group, resource, ...(subresource && { subresource }), ...(namespace !== undefined && { namespace }) };
      const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } };
      const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
      const answer = await transport.send({ method: 'POST', path, body, verb: 'create', what: 'SelfSubjectAccessReview' }, signal);
      return isJson(answer) && isJson(answer['status']) && answer['status']['allowed'] === true;
    },
  };
}

import type { ClusterDiscovery } from '../../deployer/capabilities/ports.ts';
import { UpstreamError } from '../../errors/errors.ts';
import { isJson } from './answers.ts';
import { absentIf404 } from './pages.ts';
import type { Transport } from './transport.ts';

/** https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api. Every account may ask. */
export function kubernetesDiscovery(transport: Transport): ClusterDiscovery {
  const get = (path: string, signal: AbortSignal) => transport.send({ method: 'GET', path, verb: 'discover', what: path }, signal);
  return {
    version: async (signal) => {
      const answer = await get('/version', signal);
      const version = isJson(answer) ? answer['gitVersion'] : undefined;
      if (typeof version !== 'string') throw new UpstreamError('the kube-apiserver does not say its version');
      return version;
    },
    serves: async ({ apiVersion, plural }, signal) => {
      const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
      const answer = await absentIf404(() => get(path, signal));
      const resources = isJson(answer) && Array.isArray(answer['resources']) ? answer['resources'] : [];
      return resources.some((resource) => isJson(resource) && resource['name'] === plural);
    },
  };
}

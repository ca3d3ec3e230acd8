import { NotFoundError } from '../../errors/errors.ts';
import { Cluster, ClusterList, ForgottenCluster } from '../../schema/cluster.ts';
import { PlacementExplanation } from '../../schema/placement.ts';
import type { CoordinatorClient } from './coordinator-client.ts';
import { queryOf } from './query.ts';

const clustersPath = '/api/v1/clusters';
const pathOf = (id: string, word = '') => `${clustersPath}/${id}${word}`;

/** Changes wait for the coordinator to read its table again. */
export const clusterApi = (coordinator: CoordinatorClient, signal: AbortSignal) => {
  const one = (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) =>
    coordinator.ask({ method, path, ...(body !== undefined && { body }) }, Cluster, signal);
  const list = async () => (await coordinator.ask({ method: 'GET', path: clustersPath }, ClusterList, signal)).clusters;
  return {
    list,
    /** By name or id. @throws NotFoundError that says which there are */
    find: async (nameOrId: string): Promise<Cluster> => {
      const clusters = await list();
      const found = clusters.find(({ id }) => id === nameOrId.toLowerCase()) ?? clusters.find(({ name }) => name === nameOrId);
      if (found !== undefined) return found;
      const names = clusters.map(({ name }) => name).join(', ');
      throw new NotFoundError(`there is no cluster ${nameOrId}; ${names === '' ? 'none is registered' : `there are ${names}`}`);
    },
    get: (id: string) => one('GET', pathOf(id)),
    register: (document: unknown) => one('POST', clustersPath, document),
    change: (id: string, document: unknown) => one('PUT', pathOf(id), document),
    turn: (id: string, word: 'enable' | 'disable' | 'drain' | 'test') => one('POST', pathOf(id, `/${word}`)),
    /** @param name of the cluster, by which the caller says that this one is meant */
    forget: (id: string, name: string) =>
      coordinator.ask({ method: 'POST', path: pathOf(id, '/forget'), body: { confirm: name } }, ForgottenCluster, signal),
    explain: (demand: Readonly<Record<string, string | number | undefined>>) =>
      coordinator.ask({ method: 'GET', path: `/api/v1/placements/explain${queryOf(demand)}` }, PlacementExplanation, signal),
    delete: (id: string) => coordinator.tell({ method: 'DELETE', path: pathOf(id) }, signal),
    reload: async () => (await coordinator.ask({ method: 'POST', path: `${clustersPath}/reload` }, ClusterList, signal)).clusters,
  };
};

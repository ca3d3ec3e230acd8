import type { Elysia } from 'elysia';
import type { ClusterUseCases } from '../../cluster-registry/clusters.ts';
import { Cluster, ClusterChange, ClusterList, ForgetCluster, ForgottenCluster, NewCluster } from '../../schema/cluster.ts';
import { jsonResponse } from '../plumbing/json-response.ts';
import { describe } from '../plumbing/openapi.ts';
import { readJson } from '../plumbing/read-json.ts';
import { contextOf } from '../plumbing/request-context.ts';
import { actorOf } from './actor.ts';

export interface ClusterRoutesDeps {
  readonly clusters: ClusterUseCases;
  readonly maxBodyBytes: number;
}

const tags = ['clusters'];
const one = (meaning: string) => [meaning, Cluster] as const;
const all = (meaning: string) => [meaning, ClusterList] as const;

/** `/api/v1/clusters`: what an administrator does with the clusters that analyses run in. */
export function clusterRoutes(app: Elysia, { clusters, maxBodyBytes }: ClusterRoutesDeps): Elysia {
  app.get(
    '/api/v1/clusters',
    () => jsonResponse(200, { clusters: clusters.list() }),
    describe({ summary: 'All clusters, in the order of their priority', tags, answers: { 200: all('the clusters') } }),
  );
  app.post(
    '/api/v1/clusters',
    async ({ request }) => {
      const cluster = await clusters.register(await readJson(request, { maxBytes: maxBodyBytes }), actorOf(request), contextOf(request).signal);
      return jsonResponse(201, cluster, { location: `/api/v1/clusters/${cluster.id}`, ...tagged(cluster) });
    },
    describe({
      summary: 'Register a cluster',
      description: 'It can take launches as soon as it is enabled, in this process at once and in others within moments.',
      tags,
      body: NewCluster,
      answers: { 201: one('the cluster, with its id') },
      problems: [400, 409, 413, 415, 503],
    }),
  );
  // Before the routes with an id, or the word would be taken for one.
  app.post(
    '/api/v1/clusters/reload',
    async ({ request }) => jsonResponse(200, { clusters: await clusters.reload(contextOf(request).signal) }),
    describe({
      summary: 'Read the clusters from the database now, here and in every other coordinator',
      tags,
      answers: { 200: all('the clusters as they are') },
      problems: [503],
    }),
  );
  app.get(
    '/api/v1/clusters/:id',
    async ({ params, request }) => {
      const cluster = await clusters.get(params.id, contextOf(request).signal);
      return jsonResponse(200, cluster, tagged(cluster));
    },
    describe({ summary: 'One cluster', tags, answers: { 200: one('the cluster, with an ETag') }, problems: [400, 404] }),
  );
  app.put(
    '/api/v1/clusters/:id',
    async ({ params, request }) => {
      const document = await readJson(request, { maxBytes: maxBodyBytes });
      const cluster = await clusters.change(params.id, document, conditionOf(request), actorOf(request), contextOf(request).signal);
      return jsonResponse(200, cluster, tagged(cluster));
    },
    describe({
      summary: 'Change a cluster, or its certificates alone',
      description: 'What is not in the body stays as it is, null takes it away. With If-Match only a cluster that has not been changed meanwhile.',
      tags,
      body: ClusterChange,
      answers: { 200: one('the cluster') },
      problems: [400, 404, 409, 412, 413, 415, 503],
    }),
  );
  app.post(
    '/api/v1/clusters/:id/enable',
    async ({ params, request }) => jsonResponse(200, await clusters.setEnabled(params.id, true, actorOf(request), contextOf(request).signal)),
    describe({ summary: 'Let a cluster take launches', tags, answers: { 200: one('the cluster') }, problems: [400, 404, 503] }),
  );
  app.post(
    '/api/v1/clusters/:id/disable',
    async ({ params, request }) => jsonResponse(200, await clusters.setEnabled(params.id, false, actorOf(request), contextOf(request).signal)),
    describe({
      summary: 'Let a cluster take no more launches',
      description: 'Analyses that run there go on.',
      tags,
      answers: { 200: one('the cluster') },
      problems: [400, 404, 503],
    }),
  );
  app.post(
    '/api/v1/clusters/:id/drain',
    async ({ params, request }) => jsonResponse(200, await clusters.drain(params.id, actorOf(request), contextOf(request).signal)),
    describe({
      summary: 'Let a cluster take no more launches, because it is to go',
      description: 'Analyses that run there go on. Enabling it takes it back.',
      tags,
      answers: { 200: one('the cluster') },
      problems: [400, 404, 503],
    }),
  );
  app.post(
    '/api/v1/clusters/:id/forget',
    async ({ params, request }) => {
      const document = await readJson(request, { maxBytes: maxBodyBytes });
      return jsonResponse(200, await clusters.forget(params.id, document, actorOf(request), contextOf(request).signal));
    },
    describe({
      summary: 'Give up a cluster that is dead, with everything in it',
      description:
        'It is disabled, and its analyses have failed with the reason `cluster_forgotten`; they may be launched elsewhere. Should its deployer answer again, also under a cluster that is registered anew with the same address, what is left there is removed. Refused while its deployer answers.',
      tags,
      body: ForgetCluster,
      answers: { 200: ['the cluster, and how many analyses ended', ForgottenCluster] },
      problems: [400, 404, 409, 413, 415, 503],
    }),
  );
  app.post(
    '/api/v1/clusters/:id/test',
    async ({ params }) => jsonResponse(200, await clusters.test(params.id)),
    describe({
      summary: 'Ask the deployer of a cluster now how it is',
      description: 'Also of a disabled one. `connection` says how it was found; a deployer that does not answer is no error of this request.',
      tags,
      answers: { 200: one('the cluster, as it was found') },
      problems: [400, 404, 503],
    }),
  );
  app.delete(
    '/api/v1/clusters/:id',
    async ({ params, request }) => {
      await clusters.delete(params.id, actorOf(request), contextOf(request).signal);
      return new Response(null, { status: 204 });
    },
    describe({ summary: 'Remove a cluster that no analysis lives in', tags, answers: { 204: ['it is gone'] }, problems: [400, 404, 409, 503] }),
  );
  return app;
}

function tagged({ updated_at }: Cluster): { readonly etag: string } {
  return { etag: `"${updated_at}"` };
}

/** The `updated_at` of If-Match; nothing without one, and with `*`, which any cluster matches that is there. */
function conditionOf({ headers }: Request): string | undefined {
  const given = headers.get('if-match');
  return given === null || given.trim() === '*' ? undefined : given.trim().replace(/^"(.*)"$/, '$1');
}

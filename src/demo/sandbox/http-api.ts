import { timingSafeEqual } from 'node:crypto';
import type { ApiServer, DeleteOptions } from './api-server.ts';
import { isKind, type Kind, resources, type Stored } from './kinds.ts';
import { isObject } from './merge.ts';
import { podLog } from './pod-log.ts';
import { labelSelector, type Matches } from './selector.ts';
import { badRequest, StatusError } from './status-error.ts';
import { listOf, watchStream } from './watch.ts';

export interface HttpApiOptions {
  readonly api: ApiServer;
  /** The bearer token that every request must carry. */
  readonly token: string;
  /** Ends the watches. */
  readonly signal: AbortSignal;
}

/** What a URL names: one object, or all of a kind in a namespace or everywhere. */
interface Target {
  readonly kind: Kind;
  readonly namespace?: string;
  readonly name?: string;
  /** The log of a pod, not the pod. */
  readonly isLog?: boolean;
}

/** Kubernetes' REST API over one cluster, as far as the deployer asks it. */
export async function handleApiRequest(request: Request, options: HttpApiOptions): Promise<Response> {
  try {
    return await answer(request, options);
  } catch (err) {
    if (!(err instanceof StatusError)) throw err;
    return Response.json(err.body(), { status: err.code });
  }
}

async function answer(request: Request, options: HttpApiOptions): Promise<Response> {
  const url = new URL(request.url);
  if (!isAuthorized(request, options.token)) throw new StatusError(401, 'Unauthorized', 'Unauthorized');
  if (['/livez', '/readyz', '/healthz'].includes(url.pathname)) return new Response('ok');
  if (url.pathname === '/version') return Response.json({ major: '1', minor: '36', gitVersion: 'v1.36.3-sandbox' });
  const served = resourcesOf(url.pathname);
  if (served !== undefined) return Response.json(served);
  const target = targetOf(url.pathname);
  if (target === undefined) return new Response('404 page not found\n', { status: 404 });
  const { name, namespace = '', isLog = false } = target;
  if (name !== undefined && isLog) return log(request, url, options, options.api.get('Pod', namespace, name));
  if (name === undefined) return onCollection(request, url, target, options);
  return onObject(request, url, { ...target, name }, options.api);
}

function onCollection(request: Request, url: URL, target: Target, options: HttpApiOptions): Response | Promise<Response> {
  if (request.method === 'GET') return url.searchParams.get('watch') === 'true' ? watch(url, target, options) : list(url, target, options.api);
  if (request.method === 'POST') return create(request, target, options.api);
  throw notAllowed();
}

async function onObject(request: Request, url: URL, target: Target & { readonly name: string }, api: ApiServer): Promise<Response> {
  const { kind, namespace = '', name } = target;
  if (request.method === 'GET') return Response.json(api.get(kind, namespace, name));
  if (request.method === 'PUT') return Response.json(api.replace(kind, namespace, name, await jsonBody(request)));
  if (request.method === 'PATCH') return patch(request, url, target, api);
  if (request.method === 'DELETE') {
    const left = api.delete(kind, namespace, name, await deleteOptions(request, url));
    return Response.json(left ?? { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' });
  }
  throw notAllowed();
}

function log(request: Request, url: URL, { api, signal }: HttpApiOptions, pod: Stored<'Pod'>): Response {
  if (request.method !== 'GET') throw notAllowed();
  return podLog(api.store, pod, url.searchParams, signal);
}

function list(url: URL, { kind, namespace }: Target, { store }: ApiServer): Response {
  const matches = matcher(url);
  return Response.json(listOf(kind, store.list(kind, namespace).filter(matches), store.revision));
}

function watch(url: URL, { kind, namespace }: Target, { api, signal }: HttpApiOptions): Response {
  const revision = Number(url.searchParams.get('resourceVersion') ?? 0);
  if (!Number.isSafeInteger(revision)) throw badRequest('resourceVersion: must be a number');
  const seconds = Number(url.searchParams.get('timeoutSeconds') ?? 0);
  const until = seconds > 0 ? AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]) : signal;
  const bookmarks = url.searchParams.get('allowWatchBookmarks') === 'true';
  const events = { kind, ...(namespace !== undefined && { namespace }), matches: matcher(url), revision, bookmarks };
  return new Response(watchStream(api.store, events, until), { headers: { 'content-type': 'application/json' } });
}

async function create(request: Request, { kind, namespace = '' }: Target, api: ApiServer): Promise<Response> {
  return Response.json(api.create(kind, namespace, await jsonBody(request)), { status: 201 });
}

async function patch(request: Request, url: URL, target: Target & { readonly name: string }, api: ApiServer): Promise<Response> {
  const { kind, namespace = '', name } = target;
  const type = request.headers.get('content-type')?.split(';')[0];
  if (type === 'application/merge-patch+json') return Response.json(api.mergePatch(kind, namespace, name, await jsonBody(request)));
  if (type !== 'application/apply-patch+yaml')
    throw new StatusError(415, 'UnsupportedMediaType', `the body of the request was in an unknown format: ${type}`);
  if (!url.searchParams.get('fieldManager')) throw badRequest('fieldManager: Required value: is required for apply patch');
  const { object, isNew } = api.apply(kind, namespace, name, await jsonBody(request));
  return Response.json(object, { status: isNew ? 201 : 200 });
}

/** `/api/v1/...` or `/apis/GROUP/v1/...`, then `namespaces/NAMESPACE/` where the request is about one, then `PLURAL[/NAME]`, of a pod `/log` too. Undefined: not served. */
function targetOf(pathname: string): Target | undefined {
  const parts = pathname.split('/').slice(1).map(decodeURIComponent);
  const [group, version, ...rest] = parts[0] === 'api' ? ['', ...parts.slice(1)] : parts.slice(1);
  const isInNamespace = rest[0] === 'namespaces' && rest.length > 2;
  const [plural, name, ...beyond] = isInNamespace ? rest.slice(2) : rest;
  const kind = Object.keys(resources)
    .filter(isKind)
    .find((known) => resources[known].group === group && resources[known].plural === plural);
  const isLog = kind === 'Pod' && beyond.join('/') === 'log';
  if (kind === undefined || version !== 'v1' || (beyond.length > 0 && !isLog)) return undefined;
  const namespace = isInNamespace ? rest[1] : resources[kind].namespaced ? undefined : '';
  return { kind, ...(namespace !== undefined && { namespace }), ...(name !== undefined && { name }), isLog };
}

/** What is asked before a kind is asked for: the list of all that `/api/v1` or `/apis/GROUP/v1` has. Undefined: that is not what was asked, or there is none. */
function resourcesOf(pathname: string): object | undefined {
  const [, group = ''] = /^\/(?:api|apis\/([^/]+))\/v1$/.exec(pathname) ?? [undefined, '?'];
  const known = Object.entries(resources).filter(([, resource]) => resource.group === group);
  if (known.length === 0) return undefined;
  const served = known.map(([kind, { plural: name, namespaced }]) => ({ kind, name, namespaced }));
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: group === '' ? 'v1' : `${group}/v1`, resources: served };
}

function matcher(url: URL): Matches {
  if (url.searchParams.has('fieldSelector')) throw badRequest('the sandbox has no field selectors');
  return labelSelector(url.searchParams.get('labelSelector') ?? '');
}

async function deleteOptions(request: Request, url: URL): Promise<DeleteOptions> {
  const text = await request.text();
  const body = text === '' ? {} : parse(text);
  if (!isObject(body)) throw badRequest('DeleteOptions: must be an object');
  const policy = url.searchParams.get('propagationPolicy') ?? body['propagationPolicy'];
  const { uid, resourceVersion } = isObject(body['preconditions']) ? body['preconditions'] : {};
  return {
    ...((policy === 'Foreground' || policy === 'Background') && { propagationPolicy: policy }),
    preconditions: { ...(typeof uid === 'string' && { uid }), ...(typeof resourceVersion === 'string' && { resourceVersion }) },
  };
}

async function jsonBody(request: Request): Promise<unknown> {
  return parse(await request.text());
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest('the body is not JSON');
  }
}

function isAuthorized(request: Request, token: string): boolean {
  const given = Buffer.from(request.headers.get('authorization') ?? '');
  const expected = Buffer.from(`Bearer ${token}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function notAllowed(): StatusError {
  return new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
}

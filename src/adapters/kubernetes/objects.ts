import { KINDS, type Kind } from '../../deployer/kinds.ts';
import type { KubeObject, Kubernetes, Manifest, ObjectRef, RemovalOptions, RemovalOutcome } from '../../deployer/ports.ts';
import { NotFoundError, SpecRefusedError } from '../../errors/errors.ts';
import { isKept, objectIn } from './answers.ts';
import { absentIf404, pages } from './pages.ts';
import { collectionPath, objectPath, withQuery } from './path.ts';
import type { Call, Transport } from './transport.ts';

const FIELD_MANAGER = 'vice-deployer';

/** The kube-apiserver as the deployer's use cases see it: one request a call. */
export function kubernetesObjects(transport: Transport, namespace: string): Kubernetes {
  return {
    create: async (manifest, signal) => {
      // A field that this cluster does not know is refused rather than dropped: it may be the one that keeps the pod harmless.
      const query = { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict' };
      const path = withQuery(collectionPath(kindOf(manifest), namespace), query);
      return objectIn(await transport.send({ method: 'POST', path, body: manifest, ...asked('create', manifest) }, signal).catch(notServed));
    },
    apply: async (manifest, signal) => {
      const path = withQuery(pathOf(manifest, namespace), { fieldManager: FIELD_MANAGER, force: 'true', fieldValidation: 'Strict' });
      const contentType = 'application/apply-patch+yaml';
      return objectIn(
        await transport.send({ method: 'PATCH', path, body: manifest, contentType, ...asked('apply', manifest) }, signal).catch(notServed),
      );
    },
    replace: async (manifest, signal) => {
      const path = withQuery(pathOf(manifest, namespace), { fieldManager: FIELD_MANAGER });
      return objectIn(await transport.send({ method: 'PUT', path, body: manifest, ...asked('replace', manifest) }, signal));
    },
    remove: (ref, options, signal) => remove(transport, namespace, ref, options, signal),
    find: async ({ kind, name }, signal) => {
      const call: Call = { method: 'GET', path: objectPath(kind, namespace, name), verb: 'get', what: `${kind}/${name}` };
      return absentIf404(() => transport.send(call, signal).then(objectIn));
    },
    list: async (selection, signal) => {
      const items: KubeObject[] = [];
      for await (const page of pages(transport, selection, namespace, signal)) items.push(...page.items);
      return items;
    },
    ping: async (signal) => {
      const path = withQuery(collectionPath('ConfigMap', namespace), { limit: '1', labelSelector: 'app.kubernetes.io/managed-by=vice-deployer' });
      await transport.send({ method: 'GET', path, verb: 'list', what: 'ConfigMap' }, signal);
    },
  };
}

async function remove(
  transport: Transport,
  namespace: string,
  { kind, name }: ObjectRef,
  { uid, resourceVersion, foreground = false }: RemovalOptions,
  signal: AbortSignal,
): Promise<RemovalOutcome> {
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    propagationPolicy: foreground ? 'Foreground' : 'Background',
    preconditions: { ...(uid !== undefined && { uid }), ...(resourceVersion !== undefined && { resourceVersion }) },
  };
  const call: Call = { method: 'DELETE', path: objectPath(kind, namespace, name), body, verb: 'delete', what: `${kind}/${name}` };
  const answer = await absentIf404(() => transport.send(call, signal));
  return isKept(answer) ? answer : 'gone';
}

/** Writing a kind that the cluster does not have is the spec's fault, as far as this cluster goes. */
function notServed(err: unknown): never {
  if (!(err instanceof NotFoundError)) throw err;
  throw new SpecRefusedError(`the cluster does not serve this kind: ${err.message}`, { faults: [{ path: '', message: err.message }], cause: err });
}

function pathOf(manifest: Manifest, namespace: string): string {
  return objectPath(kindOf(manifest), namespace, manifest.metadata.name);
}

function kindOf({ kind }: Manifest): Kind {
  if (kind in KINDS) return kind as Kind; // it is a key of the table
  throw new Error(`cannot happen: the deployer does not write ${kind}`);
}

function asked(verb: string, { kind, metadata }: Manifest) {
  return { verb, what: `${kind}/${metadata.name}` };
}

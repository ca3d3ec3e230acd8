import { MANAGED_BY, VOLUME_NAMESPACE } from '../../src/deployer/labels.ts';
import { type Kube, KubeError } from '../support/kube.ts';

/** What became of a manifest that was sent straight to a kube-apiserver. */
export type Answer = 'accepted' | 'RBAC' | 'kube-apiserver' | 'admission policy';

/** A manifest of which nothing is known: it may be hostile. */
export interface Sent {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly metadata?: unknown;
  readonly spec?: unknown;
}

/**
 * The manifests of a document as they would be sent by somebody who has a deployer's credential and knows what its rules ask for: with what the
 * deployer adds, each into the namespace that it names. Given a base, only those that differ from its own.
 */
export function manifestsIn(document: unknown, base: unknown = {}): readonly Sent[] {
  const known = new Set(objectsIn(base).map((object) => JSON.stringify(object)));
  return objectsIn(document).filter((object) => !known.has(JSON.stringify(object)));
}

function objectsIn(document: unknown): readonly Sent[] {
  if (typeof document !== 'object' || document === null) return [];
  return Object.values(document)
    .flat()
    .filter((value): value is Sent => typeof value === 'object' && value !== null && 'kind' in value);
}

/** Sends manifests to a namespace under one account. Nothing is stored. */
export class Straight {
  readonly #kube: Kube;
  readonly #namespace: string;
  readonly #collections = new Map<string, Promise<string | undefined>>();
  /** Knows the kinds: asking for them is everybody's right. */
  readonly #discovery: Kube;

  constructor(kube: Kube, namespace: string, discovery = kube) {
    this.#kube = kube;
    this.#namespace = namespace;
    this.#discovery = discovery;
  }

  /** What stops a spec: the first of its manifests that is refused. */
  async sendAll(manifests: readonly Sent[]): Promise<Answer> {
    const answers = await Promise.all(manifests.map(async (manifest) => (await this.send(manifest)).answer));
    return (['RBAC', 'kube-apiserver', 'admission policy'] as const).find((answer) => answers.includes(answer)) ?? 'accepted';
  }

  async send(manifest: Sent): Promise<{ readonly answer: Answer; readonly why: string }> {
    const collection = await this.#collection(String(manifest.apiVersion), String(manifest.kind), namespaceOf(manifest) ?? this.#namespace);
    if (collection === undefined) return { answer: 'kube-apiserver', why: 'there is no such kind' };
    try {
      // What Kubernetes does not know is an error: without that it would only be dropped, and nothing gained either.
      const stored = await this.#kube.create(`${collection}?dryRun=All&fieldValidation=Strict`, this.#asDeployer(manifest));
      const dropped = droppedOf(manifest, stored);
      return dropped === undefined ? { answer: 'accepted', why: '' } : { answer: 'kube-apiserver', why: `it takes the object without ${dropped}` };
    } catch (err) {
      if (err instanceof KubeError) return { answer: whoRefused(err), why: err.message };
      throw err;
    }
  }

  /** With what the deployer's own rules ask for, so that nothing but the attack is refused. */
  #asDeployer(manifest: Sent): unknown {
    const copy: { metadata?: { labels?: Record<string, string> }; spec?: object } = structuredClone(manifest) as object; // looked at before it is used
    const labels = copy.metadata?.labels;
    if (typeof labels !== 'object') return manifest;
    labels[MANAGED_BY.key] ??= MANAGED_BY.value;
    if (manifest.kind !== 'PersistentVolume') return copy;
    labels[VOLUME_NAMESPACE] ??= this.#namespace;
    const name = `csi-data-volume-claim-${labels['external-id']}`;
    const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: this.#namespace, name };
    return { ...copy, spec: { claimRef, ...copy.spec } };
  }

  /** Undefined: the server has no such kind. */
  async #collection(apiVersion: string, kind: string, namespace: string): Promise<string | undefined> {
    const key = `${apiVersion} ${kind}`;
    const known = this.#collections.get(key) ?? this.#find(apiVersion, kind);
    this.#collections.set(key, known);
    return (await known)?.replace('{namespace}', encodeURIComponent(namespace));
  }

  async #find(apiVersion: string, kind: string): Promise<string | undefined> {
    const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const found = await this.#discovery.find<{ resources: { kind: string; name: string; namespaced: boolean }[] }>(group);
    const resource = found?.resources.find((one) => one.kind === kind && !one.name.includes('/'));
    return resource && `${group}${resource.namespaced ? '/namespaces/{namespace}' : ''}/${resource.name}`;
  }
}

/** What was sent and is not there in what would be stored: kube-apiserver writes it itself, or has it switched off. */
function droppedOf(sent: unknown, stored: unknown, path = ''): string | undefined {
  if (typeof sent !== 'object' || sent === null) return path.startsWith('/metadata/') && sent !== stored ? path : undefined;
  if (typeof stored !== 'object' || stored === null) return Object.keys(sent).length > 0 ? path : undefined;
  return Object.entries(sent)
    .map(([key, value]) => droppedOf(value, Reflect.get(stored, key), `${path}/${key}`))
    .find((dropped) => dropped !== undefined);
}

function namespaceOf({ metadata }: Sent): string | undefined {
  if (typeof metadata !== 'object' || metadata === null || !('namespace' in metadata)) return undefined;
  return typeof metadata.namespace === 'string' ? metadata.namespace : undefined;
}

function whoRefused({ status, message }: KubeError): Answer {
  if (message.includes('ValidatingAdmissionPolicy')) return 'admission policy';
  if (status === 403) return 'RBAC';
  if ([400, 404, 409, 413, 422].includes(status)) return 'kube-apiserver';
  throw new Error(`who refused this? ${message}`);
}

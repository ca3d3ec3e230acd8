import { LABEL } from '../schema/label-keys.ts';
import { ContractBreachError } from './breach.ts';
import { waitFor } from './wait-for.ts';

/** A Kubernetes object, as far as every kind looks the same. */
export interface ClusterObject {
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { kind: string; name: string; uid: string }[];
    finalizers?: string[];
  };
}

/** What the suite asks of a kube-apiserver. Paths are those of the API, as `/api/v1/namespaces/vice-apps/pods`. Each call has a bound of its own. */
export interface ClusterAccess {
  /** An object, or a list; undefined when there is none, or the kind is not served. */
  find<T>(path: string): Promise<T | undefined>;
  create(path: string, object: unknown): Promise<unknown>;
  /** A merge patch (RFC 7386). */
  patch(path: string, patch: unknown): Promise<unknown>;
  /** Nothing there to delete is fine. */
  delete(path: string, propagation?: 'Foreground' | 'Background'): Promise<void>;
}

/** Where the kinds of an analysis are; of the contract, and not taken from the deployer that is tried. */
const KINDS = {
  ConfigMap: ['/api/v1', 'configmaps'],
  PersistentVolume: ['/api/v1', 'persistentvolumes'],
  PersistentVolumeClaim: ['/api/v1', 'persistentvolumeclaims'],
  Service: ['/api/v1', 'services'],
  Ingress: ['/apis/networking.k8s.io/v1', 'ingresses'],
  HTTPRoute: ['/apis/gateway.networking.k8s.io/v1', 'httproutes'],
  PodDisruptionBudget: ['/apis/policy/v1', 'poddisruptionbudgets'],
  Deployment: ['/apis/apps/v1', 'deployments'],
  ReplicaSet: ['/apis/apps/v1', 'replicasets'],
  Pod: ['/api/v1', 'pods'],
  EndpointSlice: ['/apis/discovery.k8s.io/v1', 'endpointslices'],
  ResourceQuota: ['/api/v1', 'resourcequotas'],
} as const;

export type Kind = keyof typeof KINDS;

/** What a deployer makes itself of an analysis. */
const APPLIED = [
  'ConfigMap',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Service',
  'Ingress',
  'HTTPRoute',
  'PodDisruptionBudget',
  'Deployment',
] as const satisfies readonly Kind[];

const HOLD = 'vice.test/hold';
const GONE_MS = 60_000;

/** A cluster as the suite looks at it, past the deployer. */
export class ClusterObjects<A extends ClusterAccess = ClusterAccess> {
  readonly kube: A;
  readonly namespace: string;

  constructor(kube: A, namespace: string) {
    this.kube = kube;
    this.namespace = namespace;
  }

  collection(kind: Kind): string {
    const [group, plural] = KINDS[kind];
    return `${group}${kind === 'PersistentVolume' ? '' : `/namespaces/${this.namespace}`}/${plural}`;
  }

  path(kind: Kind, name: string): string {
    return `${this.collection(kind)}/${name}`;
  }

  find<T extends ClusterObject = ClusterObject>(kind: Kind, name: string): Promise<T | undefined> {
    return this.kube.find<T>(this.path(kind, name));
  }

  /** @throws ContractBreachError when it is not there */
  async get<T extends ClusterObject = ClusterObject>(kind: Kind, name: string): Promise<T> {
    const found = await this.find<T>(kind, name);
    if (found === undefined) throw new ContractBreachError(`${kind}/${name} is not in the cluster`);
    return found;
  }

  async list(kind: Kind, externalId: string): Promise<readonly ClusterObject[]> {
    const path = `${this.collection(kind)}?labelSelector=${encodeURIComponent(`${LABEL.externalId}=${externalId}`)}`;
    return (await this.kube.find<{ items: readonly ClusterObject[] }>(path))?.items ?? [];
  }

  /** Everything of one analysis that a deployer makes, as `Kind/name`, sorted; anchor and tombstone included. */
  async namesOf(externalId: string): Promise<string[]> {
    const lists = await Promise.all(APPLIED.map(async (kind) => (await this.list(kind, externalId)).map((object) => nameOf(kind, object))));
    return lists.flat().sort();
  }

  /** Waits until the cluster has nothing of it: a real one collects what comes late within a second. */
  async untilNothing(externalId: string): Promise<void> {
    let left: string[] = [];
    const nothing = async () => {
      left = [...(await this.namesOf(externalId)), ...(await this.list('Pod', externalId)).map((pod) => nameOf('Pod', pod))];
      return left.length === 0;
    };
    const what = `nothing to be left of ${externalId}`;
    await waitFor(nothing, { timeoutMs: GONE_MS, everyMs: 100, what }).catch((err: unknown) => {
      if (err instanceof ContractBreachError) throw new ContractBreachError(`${err.message}; left: ${left.join(', ')}`, { cause: err });
      throw err;
    });
  }

  /** Keeps an object in the cluster although it is deleted, until the returned function is called. Calling that twice is fine. */
  async hold(kind: Kind, name: string): Promise<() => Promise<void>> {
    const path = this.path(kind, name);
    await this.#changeFinalizers(path, (finalizers) => [...finalizers, HOLD]);
    return () => this.#changeFinalizers(path, (finalizers) => finalizers.filter((finalizer) => finalizer !== HOLD));
  }

  /** The cluster's controllers change them too: a patch counts for the state that it was made from alone, and is made anew when that has passed. */
  async #changeFinalizers(path: string, change: (finalizers: readonly string[]) => readonly string[]): Promise<void> {
    for (;;) {
      const seen = await this.kube.find<ClusterObject>(path);
      if (seen === undefined) return;
      const { resourceVersion, finalizers = [] } = seen.metadata;
      try {
        await this.kube.patch(path, { metadata: { resourceVersion, finalizers: change(finalizers) } });
        return;
      } catch (err) {
        const now = await this.kube.find<ClusterObject>(path);
        if (now?.metadata.resourceVersion === resourceVersion) throw err;
      }
    }
  }
}

function nameOf(kind: Kind, { metadata }: ClusterObject): string {
  return `${kind}/${metadata.name}`;
}

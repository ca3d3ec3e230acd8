import { APPLIED_KINDS, type AppliedKind, KINDS, type Kind } from '../../src/deployer/kinds.ts';
import { LABEL } from '../../src/schema/label-keys.ts';
import { type Kube, KubeError, type KubeObject } from '../support/kube.ts';
import { waitFor } from '../support/wait-for.ts';

/** A cluster as a test looks at it, past the deployer. */
export class ClusterObjects {
  readonly kube: Kube;
  readonly namespace: string;

  constructor(kube: Kube, namespace: string) {
    this.kube = kube;
    this.namespace = namespace;
  }

  collection(kind: Kind): string {
    const { apiVersion, plural, namespaced } = KINDS[kind];
    const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    return `${group}${namespaced ? `/namespaces/${this.namespace}` : ''}/${plural}`;
  }

  path(kind: Kind, name: string): string {
    return `${this.collection(kind)}/${name}`;
  }

  find<T extends KubeObject = KubeObject>(kind: Kind, name: string): Promise<T | undefined> {
    return this.kube.find<T>(this.path(kind, name));
  }

  list(kind: Kind, externalId: string): Promise<KubeObject[]> {
    const path = `${this.collection(kind)}?labelSelector=${encodeURIComponent(`${LABEL.externalId}=${externalId}`)}`;
    return this.kube.list<KubeObject>(path).catch((err: unknown) => {
      if (err instanceof KubeError && err.status === 404) return []; // a kind that the cluster does not serve
      throw err;
    });
  }

  /** Everything of one analysis that a deployer makes, as `Kind/name`, sorted; anchor and tombstone included. */
  async namesOf(externalId: string): Promise<string[]> {
    const lists = await Promise.all(APPLIED_KINDS.map(async (kind) => (await this.list(kind, externalId)).map((object) => nameOf(kind, object))));
    return lists.flat().sort();
  }

  /** Waits until the cluster has nothing of it: a real one collects what comes late within a second. */
  async untilNothing(externalId: string): Promise<void> {
    let left: string[] = [];
    const nothing = async () => {
      left = [...(await this.namesOf(externalId)), ...(await this.list('Pod', externalId)).map((pod) => nameOf('Pod', pod))];
      return left.length === 0;
    };
    await waitFor(nothing, { timeoutMs: 60_000, everyMs: 100, what: `nothing to be left of ${externalId}` }).catch((err: unknown) => {
      throw new Error(`${err instanceof Error ? err.message : err}; left: ${left.join(', ')}`);
    });
  }

  /** Keeps an object in the cluster although it is deleted, until the returned function is called. Calling that twice is fine. */
  async hold(kind: AppliedKind, name: string): Promise<() => Promise<void>> {
    const path = this.path(kind, name);
    await this.#changeFinalizers(path, (finalizers) => [...finalizers, HOLD]);
    return () => this.#changeFinalizers(path, (finalizers) => finalizers.filter((finalizer) => finalizer !== HOLD));
  }

  /** The cluster's controllers change them too: a patch counts for the state that it was made from alone, and is made anew when that has passed. */
  async #changeFinalizers(path: string, change: (finalizers: readonly string[]) => readonly string[]): Promise<void> {
    for (;;) {
      const seen = await this.kube.find<KubeObject>(path);
      if (seen === undefined) return;
      const { resourceVersion, finalizers = [] } = seen.metadata;
      try {
        await this.kube.patch(path, { metadata: { resourceVersion, finalizers: change(finalizers) } });
        return;
      } catch (err) {
        const now = await this.kube.find<KubeObject>(path);
        if (now?.metadata.resourceVersion === resourceVersion) throw err;
      }
    }
  }
}

const HOLD = 'vice.test/hold';

function nameOf(kind: Kind, { metadata }: KubeObject): string {
  return `${kind}/${metadata.name}`;
}

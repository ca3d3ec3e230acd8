import { randomBytes } from 'node:crypto';
import type { ClusterObjects } from './cluster-objects.ts';
import type { DeployerClient } from './deployer-client.ts';
import { anchorOf } from './objects-of-spec.ts';
import { waitFor } from './wait-for.ts';

/** How long the last removals may take. */
const GONE_MS = 60_000;
const AT_ONCE = 8;

/**
 * The analyses of one run of the suite, told from everybody else's by their id: `conformance-`, eight digits of the run, twelve of the analysis.
 * Nothing else is ever touched.
 */
export class OwnAnalyses {
  readonly prefix = `conformance-${randomBytes(4).toString('hex')}-`;
  readonly #ids: string[] = [];

  newId(): string {
    const id = `${this.prefix}${randomBytes(6).toString('hex')}`;
    this.#ids.push(id);
    return id;
  }

  get ids(): readonly string[] {
    return this.#ids;
  }

  /** Asks for the removal of these and does not wait for its end. Whoever does not answer is asked again in the end. */
  async remove(ids: readonly string[], deployer: DeployerClient): Promise<void> {
    await Promise.allSettled(ids.map((id) => deployer.remove(id)));
  }

  /**
   * Removes all that is left, the fences too where the suite may look at the cluster, until `signal` ends it. Says what could not be removed.
   */
  async removeAll(deployer: DeployerClient, cluster: ClusterObjects | undefined, signal: AbortSignal): Promise<readonly string[]> {
    const waiting = [...this.#ids];
    const left: string[] = [];
    const worker = async () => {
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        const isGone = await this.#removeFully(id, deployer, cluster, signal).then(
          () => true,
          () => false,
        );
        if (!isGone) left.push(id);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return left.sort();
  }

  async #removeFully(id: string, deployer: DeployerClient, cluster: ClusterObjects | undefined, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const isGone = () =>
      deployer.remove(id).then(
        ({ status }) => status === 200,
        () => false,
      );
    await waitFor(isGone, { timeoutMs: GONE_MS, everyMs: 250, what: `${id} to be removed`, signal });
    if (cluster === undefined) return;
    // A fence outlives the removal for ten minutes, against late requests; of ours, none is under way any more.
    if ((await cluster.namesOf(id)).includes(anchorOf(id))) await cluster.kube.delete(cluster.path('ConfigMap', `vice-${id}`));
  }
}

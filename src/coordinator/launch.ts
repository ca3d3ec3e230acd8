import type { Logger } from 'pino';
import type { PlacementRequest, RankedCluster } from '../cluster-selector/cluster-selector.ts';
import { codeOf } from '../errors/code-of.ts';
import { ClusterFullError, NoClusterError } from '../errors/errors.ts';
import type { ViceError } from '../errors/vice-error.ts';
import { decide } from '../quota/decide.ts';
import type { Analysis } from '../schema/analysis.ts';
import { buildDeploymentSpec } from '../spec-builder/build.ts';
import { millicoresOf } from '../spec-builder/millicores.ts';
import { noticesOf } from '../spec-builder/notices.ts';
import { resolveProfile, type SpecSettings } from '../spec-builder/settings.ts';
import { apply } from './apply.ts';
import type { LaunchMeter } from './launch-meter.ts';
import { LaunchRow } from './launch-row.ts';
import type { LeaseKeeper } from './lease-keeper.ts';
import { noCluster, type Refusal } from './no-cluster.ts';
import type { Patience } from './patience.ts';
import { placementRequest } from './placement-request.ts';
import type { Admit, Clusters, LaunchStore } from './ports.ts';
import { reserve } from './reserve.ts';

export interface LaunchDeps {
  readonly settings: SpecSettings;
  /** Whether no quota stops this user, by short name. */
  readonly isExempt: (username: string) => boolean;
  readonly store: LaunchStore;
  readonly leases: LeaseKeeper;
  readonly clusters: Clusters;
  readonly patience: Patience;
  /** Aborts when the process will not wait for its launches any longer. */
  readonly ending: AbortSignal;
  readonly meter: LaunchMeter;
  readonly log: Logger;
}

/**
 * Launches an analysis without faults (`checkAnalysis`) on the first cluster that takes it. When it resolves, every object of the analysis is applied there and the row says so;
 * when it throws, nothing of it runs anywhere, or its removal is queued. Launching what is launched already does nothing.
 *
 * A caller who leaves does not end the launch. But then nobody heard of its success, and after the lease has run out the `jobs` row decides whether
 * the analysis stays.
 *
 * @throws InvalidDocumentError for a fault that only the profile of a cluster makes one, QuotaRefusedError, NoClusterError, SpecRefusedEverywhereError, UnavailableError
 */
export async function launch(deps: LaunchDeps, analysis: Analysis, caller: AbortSignal): Promise<void> {
  const started = performance.now();
  const tell = (outcome: string, cluster: string) => deps.meter.launched(outcome, cluster, (performance.now() - started) / 1_000);
  try {
    const cluster = await launchOnce(deps, analysis, caller, started);
    tell(cluster === undefined ? 'already' : 'applied', cluster?.name ?? '');
  } catch (err) {
    tell(codeOf(err), '');
    throw err;
  }
}

/** The cluster that has taken it; undefined when it was launched before. */
async function launchOnce(deps: LaunchDeps, analysis: Analysis, caller: AbortSignal, started: number): Promise<RankedCluster | undefined> {
  const { settings, store, clusters, patience, ending } = deps;

  const { username } = analysis;
  const admit: Admit = (usage) => (deps.isExempt(username) ? Number.POSITIVE_INFINITY : decide(username, usage));
  const reserved = await reserve(store, analysis, admit, started + patience.busyMs, ending);
  if (reserved.outcome === 'already') return undefined;
  tellNotices(deps, analysis);

  const row = new LaunchRow(store, reserved.lease, deps.leases.hold(analysis.uuid), ending);
  try {
    const takes = placementRequest(analysis, settings);
    const { ranked, refused } = await clusters.rank(takes, ending);
    const tried: Refusal[] = [];
    for (const cluster of ranked) {
      if (performance.now() - started > patience.launchMs) break;
      const error = await launchOn(cluster, { deps, analysis, takes, row, loginIp: reserved.login_ip, started });
      if (error === undefined) {
        const duration_ms = Math.round(performance.now() - started);
        deps.log.info(
          { external_id: analysis.uuid, cluster: cluster.name, cluster_id: cluster.id, why: cluster.why, duration_ms },
          'the analysis is applied in its cluster',
        );
        await row.release(!caller.aborted);
        return cluster;
      }
      deps.meter.refused(cluster.name, error.code);
      deps.log.warn({ err: error, external_id: analysis.uuid, cluster: cluster.name }, 'a cluster did not take the analysis');
      tried.push({ cluster, error });
    }
    throw noCluster(tried, refused);
  } catch (err) {
    await row.fail(err);
    throw err;
  }
}

interface Try {
  readonly deps: LaunchDeps;
  readonly analysis: Analysis;
  readonly takes: PlacementRequest;
  readonly row: LaunchRow;
  readonly loginIp: string;
  readonly started: number;
}

/** Undefined: the analysis is applied there. An error: the cluster refused, and has nothing of it. */
async function launchOn(cluster: RankedCluster, { deps, analysis, takes, row, loginIp, started }: Try): Promise<ViceError | undefined> {
  const deployer = deps.clusters.deployerOf(cluster.id);
  if (deployer === undefined) return new NoClusterError('it is no longer registered');

  const profile = resolveProfile(deps.settings, cluster.profile);
  const spec = buildDeploymentSpec(analysis, profile, loginIp);
  const request = await row.place(cluster, spec, millicoresOf(analysis, profile), takes);
  if (request === undefined) return new ClusterFullError('it has no room left, or not yet lost what it had of the analysis');
  deps.clusters.placed(cluster.id, takes);

  const outcome = await apply(deployer, request, deps.patience, started + deps.patience.busyMs, deps.ending);
  if (outcome.is === 'applied') return row.markApplied();
  return row.clear(outcome.refusal, outcome.isFenced);
}

function tellNotices({ log }: LaunchDeps, analysis: Analysis): void {
  const notices = noticesOf(analysis);
  if (notices.length > 0) log.warn({ external_id: analysis.uuid, notices }, 'the analysis does not get all that it asks for');
}

import type { Logger } from 'pino';
import { createLogger } from '../adapters/log/logger.ts';
import { tokenVerifier } from '../adapters/oidc/verify-token.ts';
import { type CoordinatorConfig, loadCoordinatorConfig } from '../config/coordinator.ts';
import type { Environment } from '../config/read.ts';
import { startBackground } from '../coordinator/background.ts';
import { exit } from '../coordinator/exit.ts';
import { launch } from '../coordinator/launch.ts';
import { LeaseKeeper } from '../coordinator/lease-keeper.ts';
import type { AnalysisUseCases } from '../coordinator/looking/analyses.ts';
import { PATIENCE, type Patience } from '../coordinator/patience.ts';
import { placementRequest } from '../coordinator/placement-request.ts';
import { coordinatorApi } from '../http/coordinator-api/coordinator-api.ts';
import { serve } from '../http/plumbing/serve.ts';
import { checkAnalysis } from '../spec-builder/faults.ts';
import { resolveProfile } from '../spec-builder/settings.ts';
import { type CoordinatorAdapters, openAdapters } from './coordinator-adapters.ts';
import { exemptUsers } from './exempt-users.ts';
import { type Preparation, prepareInBackground } from './prepare.ts';
import { underWay } from './under-way.ts';

export interface Coordinator {
  readonly url: string;
  /** Resolves when launches can succeed; it listens before. */
  readonly prepared: Promise<void>;
  /** Takes no new requests, lets those under way end as long as `drainSeconds` allow, and ends what goes on in the background. */
  stop(): Promise<void>;
}

/** `vice --mode=coordinator`: runs until `signal` aborts, then drains. Gives the exit code. */
export async function run(argv: readonly string[], env: Environment, signal: AbortSignal): Promise<number> {
  const config = loadCoordinatorConfig(argv, env);
  const log = createLogger({ level: config.logLevel, mode: 'coordinator' });
  for (const warning of config.warnings) log.warn(warning);
  const coordinator = startCoordinator(config, log, openAdapters(config, log));
  log.info({ url: coordinator.url }, 'listening');
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  log.info('draining');
  await coordinator.stop();
  return 0;
}

/** A coordinator in this process, ready for launches. */
export async function createCoordinator(config: CoordinatorConfig, log: Logger): Promise<Coordinator> {
  const coordinator = startCoordinator(config, log, openAdapters(config, log));
  await coordinator.prepared;
  return coordinator;
}

/** A coordinator on these adapters, which it closes in the end. It listens at once, and prepares what launches need meanwhile. */
export function startCoordinator(config: CoordinatorConfig, log: Logger, adapters: CoordinatorAdapters, patience: Patience = PATIENCE): Coordinator {
  const { store, clusters, metrics } = adapters;
  const ending = new AbortController();
  const leases = new LeaseKeeper(store);
  const start = prepareInBackground(adapters.prepare, log);
  const background = start.prepared.then(() => startBackground({ store, tombstones: adapters.tombstones, leases, clusters, patience, log }));
  const work = underWay();

  const isExempt = exemptUsers(config.bypassUsers, config.userSuffix);
  const launchDeps = { settings: config.spec, isExempt, store, leases, clusters, patience, ending: ending.signal, meter: metrics, log };
  const wakeRemovals = () => void background.then(({ wakeRemovals }) => wakeRemovals());
  const defaults = resolveProfile(config.spec, {});
  const useCases = {
    check: (document: unknown) => checkAnalysis(document, defaults),
    launch: (analysis: Parameters<typeof launch>[1], caller: AbortSignal) => work.track(start.once(() => launch(launchDeps, analysis, caller))),
    exit: (externalId: Parameters<typeof exit>[1]) =>
      metrics.exit(() => work.track(start.once(() => exit({ store, wakeRemovals, ending: ending.signal }, externalId)))),
  };
  const { clusterUseCases, placements, audit, readiness } = adapters;
  const analyses = oncePrepared(start, adapters.analyses);
  const identify = config.access && tokenVerifier(config.access);
  const demandOf = (document: unknown) => {
    const analysis = checkAnalysis(document, defaults);
    return analysis.ok ? { ok: true as const, value: placementRequest(analysis.value, config.spec) } : analysis;
  };
  const routes = {
    useCases,
    clusters: clusterUseCases,
    placements,
    demandOf,
    audit,
    analyses,
    readiness,
    metrics,
    maxBodyBytes: config.maxBodyBytes,
  };
  const api = coordinatorApi({ ...routes, ...(identify && { identify }), log });
  const serving = serve(api, config);

  const stop = async () => {
    await serving.stop(config.drainSeconds * 1_000);
    ending.abort();
    await work.ended();
    await start.stop();
    if (start.isPrepared) await (await background).stop();
    await adapters.close();
  };
  return { url: serving.url, prepared: start.prepared, stop };
}

/** Looking at analyses, when there are tables to look at. */
function oncePrepared({ once }: Preparation, { list, report, logs, followLogs }: AnalysisUseCases): AnalysisUseCases {
  return {
    list: (...asked) => once(() => list(...asked)),
    report: (...asked) => once(() => report(...asked)),
    logs: (...asked) => once(() => logs(...asked)),
    followLogs: (...asked) => once(() => followLogs(...asked)),
  };
}

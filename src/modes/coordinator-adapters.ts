import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { keyRingIn } from '../adapters/keys/key-ring.ts';
import { keyVault } from '../adapters/keys/vault.ts';
import { CoordinatorMetrics } from '../adapters/metrics/coordinator-metrics.ts';
import { assignmentStore } from '../adapters/postgres/assignment-store.ts';
import { assignmentReader } from '../adapters/postgres/assignments/reading.ts';
import { auditLog } from '../adapters/postgres/audit.ts';
import { takeCensus } from '../adapters/postgres/census.ts';
import { clusterChanges } from '../adapters/postgres/cluster-changes.ts';
import { clusterStore } from '../adapters/postgres/cluster-store.ts';
import { clusterUsage } from '../adapters/postgres/cluster-usage.ts';
import { type Database, openDatabase } from '../adapters/postgres/database.ts';
import { addJobsColumn } from '../adapters/postgres/migrations/jobs-column.ts';
import { runMigrations } from '../adapters/postgres/migrations/run.ts';
import { tombstones } from '../adapters/postgres/tombstones.ts';
import { ClusterFiles } from '../adapters/tls-files/cluster-files.ts';
import { type ClusterUseCases, clusterUseCases } from '../cluster-registry/clusters.ts';
import { ClusterHealth } from '../cluster-registry/health.ts';
import { HealthProbes } from '../cluster-registry/health-probes.ts';
import { Placements } from '../cluster-registry/placements.ts';
import type { AuditLog, CertificateDeps, ClusterEntry } from '../cluster-registry/ports.ts';
import { type ClusterRegistry, clusterRegistry } from '../cluster-registry/registry.ts';
import { ClusterUsage } from '../cluster-registry/usage.ts';
import { selectorBy } from '../cluster-selector/rank.ts';
import type { CoordinatorConfig } from '../config/coordinator.ts';
import { version } from '../config/version.ts';
import { guardedDeployer } from '../coordinator/guarded-deployer.ts';
import { type AnalysisUseCases, analysisUseCases } from '../coordinator/looking/analyses.ts';
import type { AssignmentStore, Clusters, RemovalStore } from '../coordinator/ports.ts';
import { type Repeated, repeat } from '../coordinator/repeat.ts';
import type { Readiness } from '../http/coordinator-api/probes.ts';
import type { ClusterId } from '../schema/ids.ts';
import { deployers } from './deployers.ts';

/** Everything outside that a coordinator works with. */
export interface CoordinatorAdapters {
  readonly store: AssignmentStore;
  readonly tombstones: RemovalStore;
  readonly clusters: Clusters;
  readonly clusterUseCases: ClusterUseCases;
  readonly audit: AuditLog;
  readonly analyses: AnalysisUseCases;
  readonly metrics: CoordinatorMetrics;
  readonly placements: Placements;
  /** Makes all that must be there before launches can succeed. Called again until it succeeds. */
  prepare(): Promise<void>;
  readiness(): Promise<Readiness>;
  close(): Promise<void>;
}

/** A lease is renewed three times before it would run out; what a dead process held is free after so long. */
const LEASE_MS = 5_000;
const PING_MS = 1_000;
/** A cluster that dies is found out after so long; or by a launch. */
const PROBE_EVERY_MS = 5_000;
/** How often it is looked whose probe is due. */
const PROBE_TICK_MS = 100;
/** What other coordinators placed is seen after so long, which matters to the order alone. */
const COUNT_EVERY_MS = 2_000;
/** For the metrics, which are asked for about as often. */
const CENSUS_EVERY_MS = 15_000;

/** The adapters of production. Nothing is connected yet. */
export function openAdapters(config: CoordinatorConfig, log: Logger, probeEveryMs = PROBE_EVERY_MS): CoordinatorAdapters {
  const db = openDatabase(config.dbUri);
  // For what must not wait its turn behind launches: leases, and whether the database answers.
  const promptDb = openDatabase(config.dbUri, { maxConnections: 1 });
  const metrics = new CoordinatorMetrics(version);
  const clusterTable = clusterStore(db);
  const changes = clusterChanges(config.dbListenUri);
  const rules = { certificates: certificatesOf(config), deployerHosts: config.deployerHosts };
  const deployerOf = deployers();
  const health = new ClusterHealth({
    probe: (cluster, signal) => metrics.probe(() => deployerOf(cluster).health(signal)),
    now: () => new Date(),
    log,
  });
  const counted = { list: (signal: AbortSignal) => metrics.reload(() => clusterTable.list(signal)) };
  const rows = clusterRegistry({ store: counted, changes, ...rules, reloadMs: config.registryReloadSeconds * 1_000, log });
  const registry = withHealth(rows, health);
  metrics.watch(() => registry.snapshot());
  const usage = new ClusterUsage(clusterUsage(db));
  const placements = new Placements({ selector: selectorBy(config.placementStrategy), snapshot: registry.snapshot, usage });
  const closing = new AbortController();
  const probe = (cluster: ClusterEntry) => health.probe(cluster, closing.signal);
  const deployerIn = (clusterId: ClusterId) => {
    const cluster = registry.find(clusterId);
    return cluster && deployerOf(cluster);
  };
  const probes = new HealthProbes({ health, clusters: rows.snapshot, everyMs: probeEveryMs, now: () => performance.now(), random: Math.random });
  const guarded = (cluster: ClusterEntry) =>
    guardedDeployer(deployerOf(cluster), {
      closedBecause: () => health.closedBecause(cluster),
      lost: (failure, since) => health.lost(cluster, failure, since),
    });
  let goingOn: readonly Repeated[] = [];
  let isLoaded = false;
  return {
    store: assignmentStore(db, { owner: randomUUID(), leaseMs: LEASE_MS, leaseDb: promptDb }),
    tombstones: tombstones(db, () => answering(registry.snapshot())),
    clusters: {
      rank: (request, signal) => placements.rank(request, signal),
      placed: (clusterId, request) => placements.placed(clusterId, request),
      deployerOf: (clusterId) => {
        const cluster = rows.find(clusterId);
        return cluster && guarded(cluster);
      },
    },
    metrics,
    placements,
    clusterUseCases: clusterUseCases({ store: clusterTable, registry, ...rules, newId: newClusterId, probe, log }),
    audit: auditLog(db),
    analyses: analysisUseCases({ rows: assignmentReader(db), homes: { homeOf: deployerIn } }),
    async prepare() {
      await migrate(db, log);
      await registry.start();
      goingOn = [
        repeat('health of the clusters', Math.min(PROBE_TICK_MS, probeEveryMs), async (signal) => probes.startDue(signal), log),
        repeat('room of the clusters', COUNT_EVERY_MS, (signal) => usage.count(signal), log),
        repeat('census', CENSUS_EVERY_MS, (signal) => metrics.count(() => takeCensus(db, signal)), log),
      ];
      isLoaded = true;
    },
    async readiness() {
      return { database: await answers(promptDb), clusters: isLoaded };
    },
    async close() {
      closing.abort();
      await Promise.all(goingOn.map((each) => each.stop()));
      await probes.idle();
      await registry.stop();
      await Promise.all([db, promptDb].map((each) => each.end({ timeout: 5 })));
    },
  };
}

/** @throws ConfigurationError when the keys are none */
function certificatesOf({ keys, clusterTlsDir }: CoordinatorConfig): CertificateDeps {
  const vault = keyVault(keys === undefined ? [] : keyRingIn(keys.text, keys.origin));
  return { vault, ...(clusterTlsDir !== undefined && { files: new ClusterFiles(clusterTlsDir) }) };
}

function newClusterId(): ClusterId {
  return randomUUID() as ClusterId; // which is a UUID
}

function answering(clusters: readonly ClusterEntry[]): readonly ClusterId[] {
  return clusters.filter(({ connection }) => connection?.state === 'healthy').map(({ id }) => id);
}

function withHealth(registry: ClusterRegistry, health: ClusterHealth): ClusterRegistry {
  const seen = (cluster: ClusterEntry | undefined) => cluster && health.seen(cluster);
  return { ...registry, snapshot: () => health.seenAll(registry.snapshot()), find: (id) => seen(registry.find(id)) };
}

async function migrate(db: Database, log: Logger): Promise<void> {
  const applied = (await runMigrations(db)).filter(({ outcome }) => outcome === 'applied');
  if (applied.length > 0) log.info({ migrations: applied.map(({ name }) => name) }, 'the database was migrated');
  const column = await addJobsColumn(db);
  if (column.outcome !== 'skipped') return;
  log.warn({ statement: column.statement }, `the cluster of an analysis is not written to the jobs table: ${column.why}`);
}

async function answers(db: Database): Promise<boolean> {
  const late = new Promise<boolean>((resolve) => setTimeout(resolve, PING_MS, false).unref());
  const asked = db`SELECT 1`.then(
    () => true,
    () => false, // why, whoever uses the database says in the log
  );
  return Promise.race([asked, late]);
}

import { isDeepStrictEqual } from 'node:util';
import { type Checked, check, type Fault } from '../schema/check.ts';
import { type ClusterState, NewCluster } from '../schema/cluster.ts';
import { unspeakable } from '../schema/unspeakable.ts';
import { materialOf } from './certificates.ts';
import { ANY_HOST, faultOfHost } from './deployer-host.ts';
import type { CertificateDeps, ClusterEntry, ClusterRow } from './ports.ts';

/** A document as a cluster that can be kept and asked. */
export function checkCluster(document: unknown, hosts: readonly string[]): Checked<NewCluster> {
  const checked = check(NewCluster, document);
  if (!checked.ok) return checked;
  const faults = unspeakable(document);
  faults.push(...faultsOfUrl(checked.value.deployer_url, hosts));
  return faults.length === 0 ? checked : { ok: false, faults };
}

/** @param hosts globs of where a deployer may be */
export function faultsOfUrl(url: string, hosts: readonly string[]): readonly Fault[] {
  // No pattern says what the parser refuses besides: ports above 65535, hosts such as 256.1.1.1 or a%zz.
  const fault = URL.canParse(url) ? faultOfHost(url, hosts) : 'must be a URL with a host and port that can be';
  return fault === undefined ? [] : [{ path: 'deployer_url', message: fault }];
}

/** What rows are judged by. */
export interface EntryDeps {
  readonly certificates: CertificateDeps;
  /** Globs of where deployers may be. @default anywhere but where one can never be */
  readonly deployerHosts?: readonly string[];
}

/** A row as an entry of the snapshot. `known` is the entry of the same cluster in the snapshot before. */
export function entryOf(row: ClusterRow, known: ClusterEntry | undefined, { certificates, deployerHosts = ANY_HOST }: EntryDeps): ClusterEntry {
  const { id, mtls_enabled, created_at, updated_at, name, deployer_url, enabled, priority, profile } = row;
  const checked = checkCluster({ name, deployer_url, enabled, priority, profile }, deployerHosts);
  if (!checked.ok) return faulty(row, known, checked.faults);
  const material = materialOf(row, certificates);
  if (!material.ok) return faulty(row, known, [material.fault]);
  const { tls } = material;
  const right = { name, deployer_url, enabled, priority, mtls_enabled, profile: checked.value.profile ?? {}, ...(tls && { tls }) };
  return same(known, { id, ...right, status: statusOf(right), created_at, updated_at });
}

/** A change that cannot be understood does not take a working cluster away, except that nobody has to be understood to be switched off. */
function faulty(row: ClusterRow, known: ClusterEntry | undefined, faults: readonly Fault[]): ClusterEntry {
  const fault = `has a faulty row: ${faults.map(({ path, message }) => `${path} ${message}`).join('; ')}`;
  const wasNeverRight = known === undefined || (known.fault !== undefined && !known.enabled);
  const { id, name, deployer_url, priority, mtls_enabled, created_at } = row; // and nothing of its certificates
  const lastGood = wasNeverRight ? { id, name, deployer_url, priority, mtls_enabled, created_at, profile: {}, enabled: false } : known;
  return same(known, { ...lastGood, enabled: lastGood.enabled && row.enabled, status: 'degraded', fault, updated_at: row.updated_at });
}

function statusOf({ enabled, profile }: Pick<ClusterEntry, 'enabled' | 'profile'>): ClusterState {
  if (!enabled) return 'disabled';
  return profile.draining === true ? 'draining' : 'registered';
}

function same(known: ClusterEntry | undefined, entry: ClusterEntry): ClusterEntry {
  return known !== undefined && isDeepStrictEqual(known, entry) ? known : Object.freeze(entry);
}

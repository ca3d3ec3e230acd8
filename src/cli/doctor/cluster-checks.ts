import { createDeployerClient } from '../../adapters/deployer-client/deployer-client.ts';
import { lineWith, SHARED_LINE } from '../../adapters/deployer-client/line.ts';
import { open } from '../../adapters/keys/envelope.ts';
import { type KeyRing, keyRingIn } from '../../adapters/keys/key-ring.ts';
import { keyVault, placeOf } from '../../adapters/keys/vault.ts';
import { clusterStore } from '../../adapters/postgres/cluster-store.ts';
import type { Database } from '../../adapters/postgres/database.ts';
import { type SealedKey, sealedKeys } from '../../adapters/postgres/sealed-keys.ts';
import { ClusterFiles } from '../../adapters/tls-files/cluster-files.ts';
import { entryOf } from '../../cluster-registry/entry.ts';
import { isRemote } from '../../cluster-registry/is-remote.ts';
import type { ClusterEntry } from '../../cluster-registry/ports.ts';
import { shown } from '../../cluster-registry/shown.ts';
import type { CoordinatorConfig } from '../../config/coordinator.ts';
import { type Finding, reasonOf, wrong } from './finding.ts';
import { SOON_DAYS } from './tls-checks.ts';

const SKEW_MS = 5_000;

/** Whether every private key of the database can be opened with the keys of the configuration. */
export async function keysFinding(db: Database, { keys }: CoordinatorConfig, signal: AbortSignal): Promise<Finding> {
  const check = 'encryption keys';
  try {
    const ring = keys === undefined ? [] : keyRingIn(keys.text, keys.origin);
    const sealed = await sealedKeys(db).list(signal);
    const closed = sealed.filter((key) => !canOpen(key, ring)).map(({ name }) => name);
    if (closed.length > 0) {
      const todo = 'put the key with which they were sealed into the file of --keys-file, or give these clusters their private keys anew';
      return { check, outcome: 'wrong', says: `none opens the private keys of ${closed.join(', ')}`, todo };
    }
    if (ring.length > 0) return { check, outcome: 'ok', says: `${ring.length} configured; private keys that can be opened: ${sealed.length}` };
    const todo = 'to store private keys of clusters: vice keys generate > keys, and --keys-file keys';
    return { check, outcome: 'note', says: 'none is configured, and none is needed', todo };
  } catch (err) {
    return wrong(check, err, 'see --keys-file, and that the migrations are there');
  }
}

function canOpen({ id, sealed }: SealedKey, ring: KeyRing): boolean {
  try {
    open(sealed, placeOf(id), ring);
    return true;
  } catch {
    // Why is the same for all: no key of the ring fits.
    return false;
  }
}

/** Of each cluster: its row, its certificates, and whether its deployer answers; all clusters side by side. */
export async function clusterFindings(db: Database, config: CoordinatorConfig, signal: AbortSignal): Promise<readonly Finding[]> {
  const { keys, clusterTlsDir, deployerHosts } = config;
  try {
    const vault = keyVault(keys === undefined ? [] : keyRingIn(keys.text, keys.origin));
    const certificates = { vault, ...(clusterTlsDir !== undefined && { files: new ClusterFiles(clusterTlsDir) }) };
    const rows = await clusterStore(db).list(signal);
    if (rows.length === 0) {
      const todo = 'register one: vice clusters register --name NAME --url URL';
      return [{ check: 'clusters', outcome: 'warning', says: 'none is registered: no launch can succeed', todo }];
    }
    const entries = rows.map((row) => entryOf(row, undefined, { certificates, deployerHosts }));
    return (await Promise.all(entries.map((entry) => findingsOf(entry, signal)))).flat();
  } catch (err) {
    return [wrong('clusters', err, 'see the findings above')];
  }
}

async function findingsOf(entry: ClusterEntry, signal: AbortSignal): Promise<readonly Finding[]> {
  const check = `cluster ${entry.name}`;
  if (entry.fault !== undefined) return [{ check, outcome: 'wrong', says: entry.fault, todo: `vice clusters update ${entry.name}, or mend its row` }];
  return [await deployerFinding(check, entry, signal), ...trustFindings(check, entry), ...certificateFindings(check, entry)];
}

async function deployerFinding(
  check: string,
  { name, deployer_url: url, tls, enabled, profile }: ClusterEntry,
  signal: AbortSignal,
): Promise<Finding> {
  const line = tls === undefined ? SHARED_LINE : lineWith(tls);
  try {
    const { deployer, ...found } = await createDeployerClient(url, {}, Date.now, line).health(signal);
    const state = enabled ? (profile.draining === true ? ', draining' : '') : ', disabled';
    if (found.state !== 'healthy') {
      const todo =
        found.state === 'auth_failed'
          ? `vice clusters import-certs ${name} gives it certificates that its deployer accepts; vice pki show tells what is in them`
          : `see that its deployer runs and ${url} leads to it; in its cluster: vice doctor --kubeconfig FILE`;
      return { check, outcome: enabled ? 'wrong' : 'warning', says: `${found.state}${state}: ${found.reason}`, todo };
    }
    const skew = Math.abs(deployer?.clock_skew_ms ?? 0);
    const says = `its deployer answers${deployer === undefined ? '' : `, version ${deployer.version}`}${state}`;
    if (skew <= SKEW_MS) return { check, outcome: 'ok', says };
    return { check, outcome: 'warning', says: `${says}, but its clock is off by ${Math.round(skew / 1_000)} s`, todo: 'set its clock by NTP' };
  } catch (err) {
    return { check, outcome: 'wrong', says: reasonOf(err), todo: `vice clusters get ${name} shows how it is registered` };
  } finally {
    line.close();
  }
}

function trustFindings(check: string, { name, deployer_url: url, mtls_enabled: isMutual }: ClusterEntry): readonly Finding[] {
  if (isMutual || !isRemote(url)) return [];
  const says = url.startsWith('https:')
    ? 'the coordinator shows no certificate to a deployer elsewhere'
    : 'a deployer elsewhere is spoken to in the clear';
  const todo = `run its deployer with --mtls, and vice clusters import-certs ${name}`;
  return [{ check, outcome: 'warning', says, todo }];
}

function certificateFindings(check: string, entry: ClusterEntry): readonly Finding[] {
  const { name, client_certificate: client, ca_certificates: authorities = [] } = shown(entry, Date.now());
  const all = [...(client ? [client] : []), ...authorities].filter(({ days_left: days }) => days < SOON_DAYS);
  const todo = `make another one and vice clusters import-certs ${name}`;
  return all.map(({ subject, days_left: days, not_after: end }) => ({
    check,
    outcome: days < 0 ? ('wrong' as const) : ('warning' as const),
    says: days < 0 ? `the certificate ${subject} expired at ${end}` : `the certificate ${subject} expires in ${days} days`,
    todo,
  }));
}

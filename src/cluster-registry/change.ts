import { InvalidDocumentError } from '../errors/errors.ts';
import type { Fault } from '../schema/check.ts';
import type { ClusterChange, NewCluster } from '../schema/cluster.ts';
import type { ClusterId } from '../schema/ids.ts';
import { faultsOfMaterial, materialOf } from './certificates.ts';
import type { CertificateDeps, ClusterColumns } from './ports.ts';

/** The row of a cluster that is registered. @throws InvalidDocumentError when its certificates cannot be used or kept */
export function newColumns(id: ClusterId, cluster: NewCluster, deps: CertificateDeps): ClusterColumns {
  const { name, deployer_url, enabled = true, priority = 100, profile = {} } = cluster;
  const none = { mtls_enabled: false, ca_cert: null, client_cert: null, client_key_encrypted: null, client_key_ref: null };
  return changedColumns({ id, name, deployer_url, enabled, priority, profile, ...none }, cluster, deps);
}

/** The row as a change makes it. @throws InvalidDocumentError when the certificates that it then has cannot be used or kept */
export function changedColumns(row: ClusterColumns, change: ClusterChange, deps: CertificateDeps): ClusterColumns {
  const { client_key, ...given } = change;
  const isOfClient = [change.client_cert, client_key, change.client_key_ref].some((value) => typeof value === 'string');
  const changed: ClusterColumns = {
    ...row,
    ...(isOfClient && { mtls_enabled: true }), // whoever registers a client certificate wants it to be shown
    ...given,
    ...(client_key !== undefined && { client_key_encrypted: sealed(row.id, client_key, deps) }),
  };
  refuse(faultsOf(changed, change, deps));
  return changed;
}

function sealed(id: ClusterId, clientKey: string | null, { vault }: CertificateDeps): Uint8Array | null {
  if (clientKey === null) return null;
  if (vault.canSeal) return vault.seal(id, clientKey);
  throw new InvalidDocumentError('the body cannot be kept', {
    faults: [
      {
        path: 'client_key',
        message: 'cannot be stored: the coordinator has no encryption key (see --keys-file); give client_key_ref, or put the key into a file',
      },
    ],
  });
}

function faultsOf(changed: ClusterColumns, change: ClusterChange, deps: CertificateDeps): readonly Fault[] {
  if (typeof change.client_key === 'string' && typeof change.client_key_ref === 'string') {
    return [{ path: 'client_key_ref', message: 'is given instead of client_key, not besides it' }];
  }
  const touched = ['deployer_url', 'mtls_enabled', 'ca_cert', 'client_cert', 'client_key', 'client_key_ref'].some((key) =>
    Object.hasOwn(change, key),
  );
  // A cluster whose certificates have run out meanwhile can still get another priority.
  if (!touched) return [];
  const material = materialOf(changed, deps);
  return material.ok ? faultsOfMaterial(material.tls, Date.now()) : [material.fault];
}

function refuse(faults: readonly Fault[]): void {
  if (faults.length > 0) throw new InvalidDocumentError('the certificates of the cluster cannot be used', { faults });
}

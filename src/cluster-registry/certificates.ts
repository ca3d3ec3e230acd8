import { faultOfAuthorities, faultsOfPair } from '../pki/pair.ts';
import type { Fault } from '../schema/check.ts';
import { ClusterTls } from './cluster-tls.ts';
import type { CertificateDeps, ClusterRow } from './ports.ts';

/** The certificates of a row, or why they cannot be had, as a clause for an administrator. */
export type Material = { readonly ok: true; readonly tls: ClusterTls | undefined } | { readonly ok: false; readonly fault: Fault };

type Stored = Pick<ClusterRow, 'id' | 'deployer_url' | 'mtls_enabled' | 'ca_cert' | 'client_cert' | 'client_key_encrypted' | 'client_key_ref'>;

/**
 * What the row says, and where it says nothing, the files: of the folder that it refers to, or of the one with the cluster's id. So a cluster may have all in
 * the table, all in files, or its certificates in the table and its private key in a file.
 */
export function materialOf(row: Stored, deps: CertificateDeps): Material {
  const { id, mtls_enabled, client_key_ref: ref } = row;
  const isSecure = row.deployer_url.startsWith('https:');
  if (mtls_enabled && !isSecure) return faulty('mtls_enabled', 'needs a deployer_url that begins with https');
  if (!isSecure) return { ok: true, tls: undefined };
  if (ref !== null && deps.files === undefined) return faulty('client_key_ref', 'needs --cluster-tls-dir, where the coordinator finds its files');
  const file: FromFile = (name) => deps.files?.read(ref ?? id, name);
  const ca = row.ca_cert ?? file('ca');
  const trust = ca === undefined ? {} : { ca };
  if (mtls_enabled) return materialOfClient(row, trust, file, deps);
  return { ok: true, tls: ca === undefined ? undefined : new ClusterTls(trust) };
}

type FromFile = (name: 'ca' | 'cert' | 'key') => string | undefined;

function materialOfClient(row: Stored, trust: { readonly ca?: string }, file: FromFile, { vault }: CertificateDeps): Material {
  const { id, client_key_encrypted: sealed, client_key_ref: ref } = row;
  const cert = row.client_cert ?? file('cert');
  if (cert === undefined) return faulty('client_cert', 'is required with mtls_enabled');
  try {
    const key = sealed === null ? file('key') : vault.open(id, sealed);
    if (key === undefined) return faulty('client_key', ref === null ? 'is required with mtls_enabled' : `is not in the folder ${ref}`);
    return { ok: true, tls: new ClusterTls({ ...trust, client: { cert, key } }) };
  } catch (err) {
    return faulty('client_key', `cannot be decrypted: ${err instanceof Error ? err.message : 'unknown'}`);
  }
}

/** What is wrong with certificates that are about to be stored, under the names of the columns. */
export function faultsOfMaterial(tls: ClusterTls | undefined, now: number): readonly Fault[] {
  if (tls === undefined) return [];
  const { ca, cert, key } = tls.options();
  const authorities = ca === undefined ? undefined : faultOfAuthorities(ca, now);
  const pair = cert === undefined || key === undefined ? {} : faultsOfPair({ cert, key }, 'client', now);
  return [
    ...(authorities === undefined ? [] : [{ path: 'ca_cert', message: authorities }]),
    ...(pair.cert === undefined ? [] : [{ path: 'client_cert', message: pair.cert }]),
    ...(pair.key === undefined ? [] : [{ path: 'client_key', message: pair.key }]),
  ];
}

function faulty(path: string, message: string): Material {
  return { ok: false, fault: { path, message } };
}

import { certificatesIn, factsOf } from '../pki/certificates.ts';
import type { CertificateFacts, Cluster } from '../schema/cluster.ts';
import type { ClusterEntry } from './ports.ts';

const DAY_MS = 86_400_000;

/** A cluster as the API shows it: facts of its certificates in their place, and nothing of a key. */
export function shown({ fault, tls, ...entry }: ClusterEntry, now: number): Cluster {
  const authorities = facts(tls?.ca, now);
  const [client] = facts(tls?.clientCert, now);
  return {
    ...entry,
    ...(fault !== undefined && { status_reason: fault }),
    ...(authorities.length > 0 && { ca_certificates: authorities }),
    ...(client && { client_certificate: client }),
  };
}

function facts(pem: string | undefined, now: number): CertificateFacts[] {
  return readable(pem ?? '').map((certificate) => ({
    ...factsOf(certificate),
    names: [...factsOf(certificate).names],
    days_left: Math.floor((certificate.validToDate.getTime() - now) / DAY_MS),
  }));
}

function readable(pem: string) {
  try {
    return certificatesIn(pem);
  } catch {
    // Written by hand, or a file: the deployer's health says what it comes to.
    return [];
  }
}

import { readFileSync } from 'node:fs';
import type { TlsFiles } from '../../config/deployer.ts';
import { certificatesIn } from '../../pki/certificates.ts';
import { faultOfAuthorities, faultsOfPair } from '../../pki/pair.ts';
import type { Finding } from './finding.ts';

const DAY_MS = 86_400_000;
/** Fewer days than this are worth a word. */
export const SOON_DAYS = 30;

/** Of the certificates that a deployer serves with, and of whom it lets in. The configuration has seen that the files can be read. */
export function tlsFindings({ certFile, keyFile, clientCaFile }: TlsFiles, now: number): readonly Finding[] {
  const check = 'TLS';
  const pem = (path: string) => readFileSync(path, 'utf8');
  const { cert, key } = faultsOfPair({ cert: pem(certFile), key: pem(keyFile) }, 'server', now);
  const authority = clientCaFile === undefined ? undefined : faultOfAuthorities(pem(clientCaFile), now);
  const faults = [
    ...(cert === undefined ? [] : [`${certFile} ${cert}`]),
    ...(key === undefined ? [] : [`${keyFile} ${key}`]),
    ...(authority === undefined ? [] : [`${clientCaFile} ${authority}`]),
  ];
  const todo = 'vice pki show tells what is in a file, vice pki issue-server makes another certificate';
  if (faults.length > 0) return faults.map((says) => ({ check, outcome: 'wrong', says, todo }));
  const days = Math.floor(((certificatesIn(pem(certFile))[0]?.validToDate.getTime() ?? now) - now) / DAY_MS);
  return [
    { check, outcome: days < SOON_DAYS ? 'warning' : 'ok', says: `the certificate is good for ${days} days`, ...(days < SOON_DAYS && { todo }) },
  ];
}

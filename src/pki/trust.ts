import type { X509Certificate } from 'node:crypto';
import { isFor, namesOf, oneLine, type Purpose } from './certificates.ts';
import { type RevocationList, serialOf } from './revocation-list.ts';

/** Whom somebody trusts. */
export interface Trust {
  readonly authorities: readonly X509Certificate[];
  readonly revocations: readonly RevocationList[];
  /** Empty: every name. Else one name of the certificate must be among them, as it is written. */
  readonly names: readonly string[];
  readonly purpose: Purpose;
}

/** What was found of a certificate, good until the trust changes. */
export interface Verdict {
  /** Nothing: it is trusted from `from` until `until`, in milliseconds of the epoch. Otherwise why not, in words for a log and an answer. */
  readonly refusal: string | undefined;
  readonly from: number;
  readonly until: number;
}

/** More authorities than this stand between no certificate and its root. */
const LONGEST_CHAIN = 8;

/**
 * Judges a certificate that was presented, together with those that came with it (`issuerCertificate`). It repeats what the handshake checks, because a
 * connection outlives its handshake, and adds what the handshake does not know: revocations and pinned names.
 */
export function judge(certificate: X509Certificate, trust: Trust): Verdict {
  const chain = chainOf(certificate, trust.authorities);
  if (chain === undefined) return refused(`is not of a trusted authority: its issuer is ${oneLine(certificate.issuer ?? '')}`);
  const revoked = chain.find(({ certificate: each, authority }) => isRevoked(each, authority, trust.revocations));
  if (revoked) return refused(`is revoked: serial number ${serialOf(revoked.certificate)}`);
  if (!isFor(certificate, trust.purpose)) return refused(`is not for use by a ${trust.purpose}`);
  const names = namesOf(certificate);
  if (trust.names.length > 0 && !names.some((name) => trust.names.includes(name))) {
    return refused(`has none of the names that are let in; it has ${names.length === 0 ? 'none' : names.join(', ')}`);
  }
  const all = chain.flatMap(({ certificate: each, authority }) => [each, authority]);
  return {
    refusal: undefined,
    from: Math.max(...all.map(({ validFromDate }) => validFromDate.getTime())),
    until: Math.min(...all.map(({ validToDate }) => validToDate.getTime())),
  };
}

/** Why the certificate is not good at `now`; nothing when it is. */
export function refusalAt({ refusal, from, until }: Verdict, now: number): string | undefined {
  if (refusal !== undefined) return refusal;
  if (now < from) return `is not valid before ${new Date(from).toISOString()}`;
  return now > until ? `expired at ${new Date(until).toISOString()}` : undefined;
}

function refused(refusal: string): Verdict {
  return { refusal, from: 0, until: 0 };
}

interface Link {
  readonly certificate: X509Certificate;
  readonly authority: X509Certificate;
}

/** Each certificate with its issuer, up to one of the authorities; nothing when none is reached. */
function chainOf(leaf: X509Certificate, authorities: readonly X509Certificate[]): readonly Link[] | undefined {
  const links: Link[] = [];
  for (let certificate = leaf; links.length < LONGEST_CHAIN; ) {
    const root = authorities.find((authority) => isIssuedBy(certificate, authority));
    if (root) return [...links, { certificate, authority: root }];
    const authority: X509Certificate | undefined = certificate.issuerCertificate;
    if (authority === undefined || !isIssuedBy(certificate, authority)) return undefined;
    links.push({ certificate, authority });
    certificate = authority;
  }
  return undefined;
}

function isIssuedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  return authority.ca && certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

function isRevoked(certificate: X509Certificate, authority: X509Certificate, lists: readonly RevocationList[]): boolean {
  return lists.some((list) => list.serials.has(serialOf(certificate)) && list.isSignedBy(authority));
}

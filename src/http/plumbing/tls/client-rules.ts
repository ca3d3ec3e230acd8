import type { TLSSocket } from 'node:tls';
import { certificatesIn, oneLine, uriOf } from '../../../pki/certificates.ts';
import { revocationListsIn } from '../../../pki/revocation-list.ts';
import { judge, type Trust, type Verdict } from '../../../pki/trust.ts';
import type { ClientIdentity } from '../request-context.ts';
import type { TlsOptions } from './tls-source.ts';

/** A client with its certificate, and what was found of it. */
export interface Client {
  readonly identity: ClientIdentity | undefined;
  readonly verdict: Verdict;
}

const ANYBODY: Verdict = { refusal: undefined, from: 0, until: Number.POSITIVE_INFINITY };
const NOBODY: Verdict = { refusal: 'is missing', from: 0, until: 0 };

/** Whom the server lets in at the moment. Nobody is asked for a certificate: everybody. */
export type ClientRules = (socket: TLSSocket) => Client;

export function clientRules({ source, clientNames }: TlsOptions): ClientRules {
  const { clientCa, crl = '' } = source.current();
  if (clientCa === undefined) return () => ({ identity: undefined, verdict: ANYBODY });
  const trust: Trust = { authorities: certificatesIn(clientCa), revocations: revocationListsIn(crl), names: clientNames, purpose: 'client' };
  return (socket) => {
    const certificate = socket.getPeerX509Certificate();
    // The handshake has refused these already. If it ever did not, they get no further than here.
    if (certificate === undefined || !socket.authorized) return { identity: undefined, verdict: NOBODY };
    const uri = uriOf(certificate);
    const identity = { subject: oneLine(certificate.subject ?? ''), ...(uri !== undefined && { uri }), fingerprint: certificate.fingerprint256 };
    return { identity, verdict: judge(certificate, trust) };
  };
}

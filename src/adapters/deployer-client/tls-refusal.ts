import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { ClusterTls } from '../../cluster-registry/cluster-tls.ts';
import { faultsOfPair } from '../../pki/pair.ts';

const AUTHORITY = "the deployer's certificate is not of the authority that is registered for the cluster";
const NAME = "the deployer's certificate is not for the host of its URL";

/** Codes of a refusal of the deployer's certificate, as OpenSSL and Node.js name them. The deployer got nothing of the request. */
const REASONS: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: AUTHORITY,
  DEPTH_ZERO_SELF_SIGNED_CERT: AUTHORITY,
  CERT_UNTRUSTED: AUTHORITY,
  CERT_SIGNATURE_FAILURE: AUTHORITY,
  CERT_HAS_EXPIRED: "the deployer's certificate has expired",
  CERT_NOT_YET_VALID: "the deployer's certificate is not valid yet",
  CERT_REVOKED: "the deployer's certificate is revoked",
  INVALID_PURPOSE: "the deployer's certificate is not for use by a server",
  INVALID_CA: 'an authority of the deployer is no authority',
  HOSTNAME_MISMATCH: NAME,
  ERR_TLS_CERT_ALTNAME_INVALID: NAME,
};

/** Why a certificate was refused, by the code of the error; nothing when that was not the reason. */
export function refusalOfDeployer(code: string): string | undefined {
  if (Object.hasOwn(REASONS, code)) return REASONS[code];
  return /^(CERT_|ERR_TLS_CERT_|UNABLE_TO_)/.test(code) ? `the deployer's certificate is refused: ${code}` : undefined;
}

const DIAGNOSIS_MS = 1_500;
/** What a server answers in the handshake that wants a certificate and gets none, in TLS 1.3 and 1.2. */
const WANTS_A_CERTIFICATE = /ALERT_(CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|BAD_CERTIFICATE)$/;

/**
 * Why a deployer may have closed a connection without a word: servers do not always say that they refuse a certificate. It is asked for one without
 * showing any; if it then says that it wants one, what it was shown before is the reason. Nothing is sent, and nothing is known when it is silent.
 */
export async function refusalOfClient(url: string, tls: ClusterTls | undefined): Promise<string | undefined> {
  const { protocol, hostname, port } = new URL(url);
  if (protocol !== 'https:') return undefined;
  const code = await handshakeWithoutCertificate(hostname.replace(/^\[|\]$/g, ''), Number(port || 443), tls?.ca);
  if (!WANTS_A_CERTIFICATE.test(code)) return undefined;
  const { cert, key } = tls?.options() ?? {};
  if (cert === undefined || key === undefined) return 'the deployer wants a client certificate, and none is registered for the cluster';
  const fault = faultsOfPair({ cert, key }, 'client', Date.now());
  if (fault.cert !== undefined) return `the client certificate that is registered for the cluster ${fault.cert}`;
  return 'the deployer does not let in the client certificate that is registered for the cluster';
}

function handshakeWithoutCertificate(host: string, port: number, ca: string | undefined): Promise<string> {
  return new Promise((resolve) => {
    const named = isIP(host) === 0 ? { servername: host } : {};
    const socket = connect({ host, port, ...named, ...(ca !== undefined && { ca }) });
    const late = setTimeout(() => end(''), DIAGNOSIS_MS);
    const end = (code: string) => {
      clearTimeout(late);
      socket.destroy();
      resolve(code);
    };
    socket.on('error', (err) => end('code' in err && typeof err.code === 'string' ? err.code : ''));
    socket.on('close', () => end(''));
    // In TLS 1.3 the alert comes after the handshake, in answer to nothing that is sent.
  });
}

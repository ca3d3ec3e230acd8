import { NotReachedError } from '../../deployer/errors.ts';
import type { ProgramAnswer, TransferChannel } from '../../deployer/transfers/ports.ts';
import { UnavailableError } from '../../errors/errors.ts';
import type { ExternalId } from '../../schema/ids.ts';
import { TRANSFERS_PORT } from '../../spec-builder/pod/transfer-containers.ts';

/** More than any record of a transfer. */
const MOST_BYTES = 64 * 1024;

/** Errors of a connection that never stood. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ConnectionRefused', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'FailedToOpenSocket']);

/** Where the transfer program of an analysis answers whoever is in its cluster: its own Service. */
export const SERVICE_URL = `http://vice-{external_id}.{namespace}.svc:${TRANSFERS_PORT}`;

/**
 * Speaks with the transfer program of each analysis, at `template` with its `{external_id}` and `{namespace}` filled in. No permission of Kubernetes is
 * needed. Without a template there is no way, which whoever asks is told.
 */
export function transferPrograms(template: string | undefined, namespace: string): TransferChannel {
  return {
    ask: async (externalId, { method, path }, signal) => {
      if (template === undefined) throw noWay(externalId);
      const url = template.replaceAll('{external_id}', externalId).replaceAll('{namespace}', namespace).replace(/\/+$/, '');
      try {
        // No proxy of the environment stands between two pods, and whoever answers with a redirect would have us ask somebody else.
        return await answerOf(await fetch(url + path, { method, signal, redirect: 'manual', proxy: false, keepalive: false }));
      } catch (err) {
        throw unanswered(externalId, err);
      }
    },
  };
}

async function answerOf(response: Response): Promise<ProgramAnswer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) break;
  }
  return { status: response.status, body: Buffer.concat(chunks).subarray(0, MOST_BYTES).toString('utf8') };
}

function unanswered(externalId: ExternalId, err: unknown): NotReachedError | UnavailableError {
  const code = err instanceof Error && 'code' in err ? String(err.code) : '';
  const facts = { cause: err, retryAfterSeconds: 5 };
  if (NEVER_CONNECTED.has(code)) return new NotReachedError(`the transfer program of ${externalId} cannot be reached: is its pod running?`, facts);
  return new UnavailableError(`the transfer program of ${externalId} did not answer`, facts);
}

function noWay(externalId: ExternalId): NotReachedError {
  const message = `the deployer runs outside of its cluster and has no way to the transfer program of ${externalId}: its --transfer-url must name one`;
  return new NotReachedError(message, { retryAfterSeconds: 60 });
}

import { InvalidDocumentError, TooLargeError, UnavailableError, UnsupportedMediaTypeError } from '../../errors/errors.ts';
import { ViceError } from '../../errors/vice-error.ts';
import { transportOf } from './request-context.ts';

export interface ReadLimits {
  readonly maxBytes: number;
}

/**
 * The bytes of a JSON document in the body of a request. They are counted here, because Lambda and `app.handle` have no limit of their own, and a content
 * length may lie.
 * @throws TooLargeError, UnsupportedMediaTypeError, InvalidDocumentError
 */
export async function readJsonBytes(request: Request, { maxBytes }: ReadLimits): Promise<Uint8Array> {
  refuseOtherMedia(request.headers);
  if (announcedBytes(request.headers) > maxBytes) throw tooLarge(maxBytes);
  return readBytes(request, maxBytes);
}

/** The JSON document in the body of a request. @throws as `readJsonBytes` */
export async function readJson(request: Request, limits: ReadLimits): Promise<unknown> {
  const bytes = await readJsonBytes(request, limits);
  if (bytes.byteLength === 0) throw new InvalidDocumentError('the body is empty, a JSON document was expected');
  return parse(bytes);
}

/** What the content length says, 0 where it says nothing. */
export function announcedBytes(headers: Headers): number {
  const length = Number(headers.get('content-length') ?? 0);
  return Number.isNaN(length) ? 0 : length;
}

export function tooLarge(maxBytes: number): TooLargeError {
  return new TooLargeError(`the body is larger than ${maxBytes} bytes`, { details: { max_bytes: maxBytes } });
}

/** Only what a browser cannot send across origins without asking first: no forms, no plain text, and not "no type at all". */
function refuseOtherMedia(headers: Headers): void {
  const [type = '', ...parameters] = (headers.get('content-type') ?? '').toLowerCase().split(';');
  const isJson = /^\s*application\/(?:[a-z0-9.-]+\+)?json\s*$/.test(type);
  const isUtf8 = parameters.every((parameter) => !/^\s*charset\s*=/.test(parameter) || /=\s*"?utf-?8"?\s*$/.test(parameter));
  if (!isJson || !isUtf8) throw new UnsupportedMediaTypeError('the content type must be application/json in UTF-8');
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') throw new UnsupportedMediaTypeError('a compressed body is not read');
}

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (request.body === null) return new Uint8Array();
  const { sendingEnds } = transportOf(request);
  const reader = request.body.getReader();
  const giveUp = () => void reader.cancel().catch(() => {}); // the connection may be gone by then
  sendingEnds.addEventListener('abort', giveUp, { once: true });
  const chunks: Uint8Array[] = [];
  let total = 0;
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      total += read.value.byteLength;
      if (total > maxBytes) throw tooLarge(maxBytes);
      chunks.push(read.value);
    }
  } catch (err) {
    if (err instanceof ViceError) throw err;
    throw new InvalidDocumentError('the body ended before it was complete', { cause: err });
  } finally {
    sendingEnds.removeEventListener('abort', giveUp);
    reader.releaseLock();
  }
  if (sendingEnds.aborted) throw new UnavailableError('the server ends, and the body was not complete', { retryAfterSeconds: 1 });
  return Buffer.concat(chunks, total);
}

const MOST_DISCARDED_BYTES = 16 * 1024 * 1024;
const LONGEST_DISCARD_MS = 1_000;

/**
 * Takes what is left of a body and forgets it, within bounds: a connection that is closed while its client is still sending may be reset before the
 * client has read why.
 */
export async function discardBody({ body }: Request): Promise<void> {
  if (body === null || body.locked) return;
  const reader = body.getReader();
  const cancel = () => reader.cancel().catch(() => {}); // the connection may be gone by then
  const late = setTimeout(cancel, LONGEST_DISCARD_MS);
  let left = MOST_DISCARDED_BYTES;
  try {
    for (let read = await reader.read(); !read.done && left > 0; read = await reader.read()) left -= read.value.byteLength;
  } catch {
    // Nobody sends any more, and nobody will read the answer.
  }
  clearTimeout(late);
  await cancel();
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (err) {
    throw new InvalidDocumentError(`the body is not JSON${position(err)}`, { cause: err });
  }
}

/** The parser's own remark, which may quote a little of the body: it goes to the sender of that body alone. */
function position(err: unknown): string {
  return err instanceof SyntaxError ? `: ${err.message.slice(0, 100)}` : '';
}

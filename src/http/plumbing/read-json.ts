import { InvalidDocumentError, TooLargeError, UnsupportedMediaTypeError } from '../../errors/errors.ts';
import { ViceError } from '../../errors/vice-error.ts';

export interface ReadLimits {
  readonly maxBytes: number;
}

/**
 * The JSON document in the body of a request. The bytes are counted here, because Lambda and `app.handle` have no limit of their own, and a
 * content length may lie.
 * @throws TooLargeError, UnsupportedMediaTypeError, InvalidDocumentError
 */
export async function readJson(request: Request, { maxBytes }: ReadLimits): Promise<unknown> {
  refuseOtherMedia(request.headers);
  if (announcedBytes(request.headers) > maxBytes) throw tooLarge(maxBytes);
  const bytes = await readBytes(request, maxBytes);
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
  const chunks: Uint8Array[] = [];
  let total = 0;
  try {
    for await (const chunk of request.body) {
      total += chunk.byteLength;
      if (total > maxBytes) throw tooLarge(maxBytes);
      chunks.push(chunk);
    }
  } catch (err) {
    if (err instanceof ViceError) throw err;
    throw new InvalidDocumentError('the body ended before it was complete', { cause: err });
  }
  return Buffer.concat(chunks, total);
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

import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Watched } from './connection.ts';

/** Stands for this server in the URL of a request. A constant: paths are not to depend on what the client calls it; the header is kept. */
const HOST = 'https://vice.internal';

/** The request as the application takes it; nothing when its target is no path. */
export function requestOf(message: IncomingMessage, signal: AbortSignal): Request | undefined {
  const { method = 'GET', url = '', rawHeaders } = message;
  if (!url.startsWith('/') || !URL.canParse(HOST + url)) return undefined;
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  const hasBody = method !== 'GET' && method !== 'HEAD' && (headers.has('transfer-encoding') || Number(headers.get('content-length') ?? 0) > 0);
  return new Request(HOST + url, { method, headers, signal, ...(hasBody && { body: bodyOf(message) }) });
}

/** Read as it is asked for: whoever counts the bytes of a body decides where the reading ends. */
function bodyOf(message: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = message.iterator({ destroyOnReturn: false });
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await chunks.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Sends an answer, as fast as the client takes it. Resolves when it is out, or when nobody is there any more. */
export async function send(answer: Response, message: IncomingMessage, response: ServerResponse, watched: Watched): Promise<void> {
  const mustClose = !message.complete && hasUnread(message);
  const headers = [...answer.headers].filter(([name]) => !mustClose || name !== 'connection');
  response.writeHead(answer.status, [...headers, ...(mustClose ? [['connection', 'close']] : [])].flat());
  if (answer.body !== null && message.method !== 'HEAD') await stream(answer.body, response, watched);
  else await answer.body?.cancel();
  // What is left of a body is taken and thrown away: were the connection closed over it, the client would lose the answer.
  if (mustClose) message.resume();
  if (response.destroyed) return;
  watched.stalledSince = performance.now();
  const out = either(response, 'finish');
  response.end();
  await out;
}

function hasUnread({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

async function stream(body: ReadableStream<Uint8Array>, response: ServerResponse, watched: Watched): Promise<void> {
  const reader = body.getReader();
  // A stream that waits for its next chunk would not notice that nobody reads it.
  const leave = () => void reader.cancel().catch(() => {});
  response.once('close', leave);
  try {
    for (let next = await reader.read(); !next.done && !response.destroyed; next = await reader.read()) {
      if (response.write(next.value)) continue;
      watched.stalledSince = performance.now();
      await either(response, 'drain');
      watched.stalledSince = undefined;
    }
  } finally {
    response.off('close', leave);
    await reader.cancel();
  }
}

/** Resolves at the event, or when nobody is there any more. */
async function either(response: ServerResponse, event: 'drain' | 'finish'): Promise<void> {
  const done = new AbortController();
  const { signal } = done;
  await Promise.race([once(response, event, { signal }), once(response, 'close', { signal })]).catch(() => {});
  done.abort(); // or the other listener would stay, one more for each wait
}

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: string;
  readonly body: unknown;
}

/** The bytes of a POST of a JSON document, on a connection that ends with its answer. */
export function postBytes(path: string, document: unknown): string {
  const body = JSON.stringify(document);
  const head = ['Host: localhost', 'Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close'];
  return `POST ${path} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n${body}`;
}

/** Sends bytes and waits until they are with the kernel. */
export async function sendBytes(port: number, bytes: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  await new Promise<void>((resolve, reject) => socket.write(bytes, (err) => (err ? reject(err) : resolve())));
  return socket;
}

/** One POST over a socket of its own: `fetch` lets no more than 256 requests of a process out at once, whoever they are for. */
export async function post(port: number, path: string, document: unknown): Promise<RawAnswer> {
  const socket = await sendBytes(port, postBytes(path, document));
  const parts: Buffer[] = [];
  for await (const part of socket) parts.push(part);
  const text = Buffer.concat(parts).toString('utf8');
  const end = text.indexOf('\r\n\r\n');
  const headers = text.slice(0, end);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(headers)?.[1]);
  if (end === -1 || Number.isNaN(status)) throw new Error(`no answer: ${text.slice(0, 200)}`);
  return { status, headers: headers.toLowerCase(), body: JSON.parse(text.slice(end + 4)) };
}

import { connect, createServer, type Socket } from 'node:net';
import { freePort } from './ports.ts';

/** A door to PostgreSQL that counts what goes through it. */
export interface CountingProxy {
  readonly port: number;
  /** So far, over all connections. */
  counts(): Counts;
  stop(): void;
}

export interface Counts {
  /** Statements executed. */
  readonly statements: number;
  /** Times that the client waited: what it sent together, before an answer came, is one. */
  readonly roundTrips: number;
}

/** Forwards connections to a PostgreSQL server on 127.0.0.1 that is spoken to without TLS. */
export async function startCountingProxy(target: number): Promise<CountingProxy> {
  let statements = 0;
  let roundTrips = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ port: target, host: '127.0.0.1', noDelay: true });
    client.setNoDelay(true);
    let isClientsTurn = true;
    const read = messageReader((type) => {
      if (type === 'Q' || type === 'E') statements++; // Query, Execute
    });
    client.on('data', (chunk: Buffer) => {
      if (isClientsTurn) roundTrips++;
      isClientsTurn = false;
      read(chunk);
      upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      isClientsTurn = true;
      client.write(chunk);
    });
    for (const [socket, other] of [[client, upstream] as const, [upstream, client] as const]) {
      sockets.add(socket);
      socket.on('error', () => other.destroy()).on('close', () => other.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port,
    counts: () => ({ statements, roundTrips }),
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Calls `see` with the type of each message of a client. The first message of a connection has no type, only a length. */
function messageReader(see: (type: string) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  let header = 4;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= header) {
      const end = header - 4 + rest.readUInt32BE(header - 4);
      if (rest.length < end) return;
      if (header === 5) see(String.fromCharCode(rest[0] ?? 0));
      rest = rest.subarray(end);
      header = 5;
    }
  };
}

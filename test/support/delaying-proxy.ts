import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Between two programs that speak TCP: what one says reaches the other so much later. */
export interface DelayingProxy {
  readonly port: number;
  /** Each way. @default 0 */
  delayMs: number;
  stop(): Promise<void>;
}

export async function startDelayingProxy(target: number): Promise<DelayingProxy> {
  const sockets = new Set<Socket>();
  const proxy = { delayMs: 0 };
  const relay = (from: Socket, to: Socket) => {
    sockets.add(from);
    let last = Promise.resolve();
    const later = (work: () => void) => {
      const due = new Promise((resolve) => setTimeout(resolve, proxy.delayMs));
      last = Promise.all([last, due]).then(work);
    };
    from.on('data', (chunk) => later(() => to.write(chunk)));
    from.on('error', () => to.destroy()); // one side was killed: the other is told
    from.on('close', () => {
      sockets.delete(from);
      later(() => to.end());
    });
  };
  const server = createServer((incoming) => {
    const outgoing = connect(target, '127.0.0.1');
    relay(incoming, outgoing);
    relay(outgoing, incoming);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('cannot happen: a server that listens has a port');
  return {
    port: address.port,
    get delayMs() {
      return proxy.delayMs;
    },
    set delayMs(delayMs) {
      proxy.delayMs = delayMs;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

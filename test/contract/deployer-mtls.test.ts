import { afterAll, beforeAll } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createStandalone } from '../../src/modes/standalone.ts';
import { authority } from '../support/certificates.ts';
import { deployerConformance } from './deployer-conformance.ts';
import { type SandboxGround, sandboxGround } from './sandbox-ground.ts';

const ca = authority('ca');
const client = ca.issue({ name: 'coordinator', use: 'client' });
let ground: SandboxGround;
let folder: string;
beforeAll(async () => {
  ground = await sandboxGround();
  folder = await mkdtemp(join(tmpdir(), 'vice-mtls-'));
  const { cert, key } = ca.issue({ name: 'deployer', use: 'server', hosts: ['127.0.0.1'] });
  await Promise.all(
    Object.entries({ 'tls.crt': cert, 'tls.key': key, 'ca.crt': ca.cert }).map(([name, text]) => writeFile(join(folder, name), text)),
  );
});
afterAll(async () => {
  await ground.stop();
  await rm(folder, { recursive: true });
});

/** The address of the deployer for clients without certificates: every request goes on over mutual TLS, as it is. */
function entrance(to: string): { readonly url: string; stop(): Promise<void> } {
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    reusePort: false,
    idleTimeout: 60,
    fetch: (request) => {
      const { method, headers, body, signal, url } = request;
      const { pathname, search } = new URL(url);
      return fetch(to + pathname + search, { method, headers, body, signal, redirect: 'manual', tls: { ca: ca.cert, ...client } });
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) };
}

deployerConformance({
  name: 'standalone over mutual TLS on the sandbox',
  real: false,
  remembers: true,
  namespace: () => ground.objects.namespace,
  start: async () => {
    const file = (name: string) => join(folder, name);
    const tlsFiles = { certFile: file('tls.crt'), keyFile: file('tls.key'), clientCaFile: file('ca.crt'), clientNames: ['coordinator'] };
    const standalone = createStandalone({ ...ground.config, tlsFiles }, pino({ level: 'silent' }));
    await standalone.connected;
    const { url, stop } = entrance(standalone.url);
    return { ...standalone, url, stop: () => stop().then(() => standalone.stop()) };
  },
  cluster: () => ground.objects.kube,
});

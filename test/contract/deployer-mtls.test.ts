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
    return { ...standalone, tls: { ca: ca.cert, ...client } };
  },
  cluster: () => ground.objects.kube,
});

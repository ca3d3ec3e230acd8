import { afterAll, beforeAll } from 'bun:test';
import { pino } from 'pino';
import { createStandalone } from '../../src/modes/standalone.ts';
import { deployerConformance } from './deployer-conformance.ts';
import { type SandboxGround, sandboxGround } from './sandbox-ground.ts';

let ground: SandboxGround;
beforeAll(async () => {
  ground = await sandboxGround();
});
afterAll(() => ground.stop());

deployerConformance({
  name: 'standalone on the sandbox',
  real: false,
  remembers: true,
  namespace: () => ground.objects.namespace,
  start: async () => {
    const standalone = createStandalone(ground.config, pino({ level: 'silent' }));
    await standalone.connected;
    return standalone;
  },
  cluster: () => ground.objects.kube,
});

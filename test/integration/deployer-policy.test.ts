import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadDeployerConfig } from '../../src/config/deployer.ts';
import { DeployerClient } from '../../src/conformance/deployer-client.ts';
import { createLambdaFunction } from '../../src/modes/lambda-function.ts';
import { createStandalone } from '../../src/modes/standalone.ts';
import { sampleSpec } from '../contract/sample-spec.ts';
import { type SandboxGround, sandboxGround } from '../contract/sandbox-ground.ts';
import { goldenSpecUnder } from '../golden/golden-spec.ts';
import { startApiGateway } from '../support/api-gateway.ts';

const NARROW = join(import.meta.dir, '../hostile/policies/narrow.yaml');

let ground: SandboxGround;
beforeAll(async () => {
  ground = await sandboxGround();
});
afterAll(() => ground.stop());

interface Started {
  readonly url: string;
  stop(): Promise<void>;
}

/** Each mode as its flags make it. */
const modes: Readonly<Record<string, (flags: readonly string[]) => Promise<Started>>> = {
  standalone: async (flags) => {
    const config = loadDeployerConfig([...flags, '--port=0', '--hostname=127.0.0.1'], { VICE_KUBECONFIG: ground.config.kubeconfigText });
    const standalone = createStandalone(config, pino({ level: 'silent' }));
    await standalone.connected;
    return standalone;
  },
  lambda: (flags) =>
    Promise.resolve(startApiGateway(createLambdaFunction([...flags, '--log-level=fatal'], { VICE_KUBECONFIG: ground.config.kubeconfigText }))),
};

describe.each(Object.entries(modes))('the policy of --policy, in %s,', (_, start) => {
  test('is what a deployer goes by: it refuses what the built-in one lets in, and lets in what it names', async () => {
    const started = await start([`--policy=${NARROW}`, `--vice-namespace=${ground.objects.namespace}`]);
    try {
      const deployer = new DeployerClient(started.url);
      const id = randomUUID();
      const { status, code, problem } = await deployer.apply(sampleSpec(randomUUID()));
      expect([status, code]).toEqual([422, 'spec_refused']);
      expect(problem.faults?.map(({ rule }) => rule).toSorted()).toEqual(['container.image', 'pod.containers']);
      expect((await deployer.apply(await goldenSpecUnder('example', id))).status).toBe(201);
      await deployer.removeFully(id);
    } finally {
      await started.stop();
    }
  });
});

import { afterAll, beforeAll } from 'bun:test';
import { deployerConformance } from './deployer-conformance.ts';
import { startLambdaGateway } from './lambda-gateway.ts';
import { type SandboxGround, sandboxGround } from './sandbox-ground.ts';

let ground: SandboxGround;
beforeAll(async () => {
  ground = await sandboxGround();
});
afterAll(() => ground.stop());

deployerConformance({
  name: 'Lambda on the sandbox',
  real: false,
  remembers: false,
  namespace: () => ground.objects.namespace,
  start: async () => startLambdaGateway(ground.config.kubeconfigText ?? '', ground.objects.namespace),
  cluster: () => ground.objects.kube,
});

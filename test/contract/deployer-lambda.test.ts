import { afterAll, beforeAll } from 'bun:test';
import { createLambdaFunction } from '../../src/modes/lambda-function.ts';
import { startApiGateway } from '../support/api-gateway.ts';
import { deployerConformance } from './deployer-conformance.ts';
import { type SandboxGround, sandboxGround } from './sandbox-ground.ts';

let ground: SandboxGround;
beforeAll(async () => {
  ground = await sandboxGround();
});
afterAll(() => ground.stop());

deployerConformance({
  name: 'a function on the sandbox',
  real: false,
  remembers: false,
  namespace: () => ground.objects.namespace,
  start: () => {
    const flags = ['--log-level=fatal', `--vice-namespace=${ground.objects.namespace}`];
    const lambda = createLambdaFunction(flags, { VICE_KUBECONFIG: ground.config.kubeconfigText });
    return Promise.resolve(startApiGateway(lambda));
  },
  cluster: () => ground.objects.kube,
});

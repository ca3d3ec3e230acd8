import { type ApiGateway, startApiGateway } from './api-gateway.ts';
import { startLambdaRuntime } from './lambda-runtime.ts';

const ANSWER_MS = 30_000;
const INSTANCES = 4;

/** The deployer as a function: processes of this binary, each with one request at a time, behind an API Gateway. */
export function startFunctionProgram(binary: string, kubeconfigText: string, namespace: string): ApiGateway {
  const runtime = startLambdaRuntime();
  const env = { PATH: '/usr/bin:/bin', AWS_LAMBDA_RUNTIME_API: runtime.address, VICE_KUBECONFIG: kubeconfigText };
  const args = ['--mode=lambda', '--vice-namespace', namespace, '--log-level=error'];
  const instances = Array.from({ length: INSTANCES }, () =>
    Bun.spawn([binary, ...args], { env, stdin: 'ignore', stdout: 'ignore', stderr: 'inherit' }),
  );
  const gateway = startApiGateway({
    handle: async ({ event }) => {
      const outcome = await runtime.invoke(event, ANSWER_MS);
      if (outcome.kind === 'error') throw new Error(JSON.stringify(outcome.error));
      return outcome.answer;
    },
    failed: () => {},
  });
  return {
    url: gateway.url,
    stop: async () => {
      await gateway.stop();
      for (const instance of instances) instance.kill('SIGTERM');
      await Promise.all(instances.map(({ exited }) => exited));
      await runtime.stop();
    },
  };
}

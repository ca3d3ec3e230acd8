import { runtimeApiAddress } from '../config/lambda-runtime.ts';
import { serveInvocations } from '../lambda/loop.ts';
import { runtimeApi } from '../lambda/runtime-api.ts';

/** `vice --mode=lambda`: serves invocations until `signal` aborts. Gives the exit code. */
export async function run(argv: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  const api = runtimeApi(runtimeApiAddress(env));
  // Not imported above: the function asks for its first invocation before all that is read.
  const load = async () => (await import('./lambda-function.ts')).createLambdaFunction(argv, env);
  await serveInvocations(api, load, signal);
  return 0;
}

import { connectKubernetes } from '../adapters/kubernetes/connect.ts';
import { createLambdaLogger } from '../adapters/log/lambda-logger.ts';
import { loadLambdaConfig } from '../config/deployer.ts';
import { functionFacts } from '../config/lambda-runtime.ts';
import { version } from '../config/version.ts';
import { liveInventory } from '../deployer/capabilities/live-inventory.ts';
import { createDeployer } from '../deployer/deployer.ts';
import { liveObserver } from '../deployer/observe/live.ts';
import { deployerApi } from '../http/deployer-api/deployer-api.ts';
import { httpHandler } from '../lambda/http-handler.ts';
import type { EventHandler } from '../lambda/invocation.ts';
import { sourceOf, transfersOf } from './standalone.ts';

/** The deployer as a function. It remembers nothing: the environment is frozen between two invocations, so it asks the cluster each time. */
export function createLambdaFunction(argv: readonly string[], env: NodeJS.ProcessEnv): EventHandler {
  const config = loadLambdaConfig(argv, env);
  const { namespace, maxBodyBytes, policy } = config;
  const { log, begin } = createLambdaLogger(config.logLevel, functionFacts(env));
  const { kubernetes, logs, discovery } = connectKubernetes({ kubeconfig: sourceOf(config), namespace, log });
  const now = () => new Date();
  const observer = liveObserver({ reader: kubernetes, namespace, now });
  const inventory = liveInventory(kubernetes, config.nodeSelector, now);
  const deployer = createDeployer({
    kubernetes,
    observer,
    inventory,
    discovery,
    logs,
    transfers: transfersOf(config),
    namespace,
    policy,
    log,
    now,
    version,
  });
  const app = deployerApi(deployer, { log, maxBodyBytes, canStream: false });
  return httpHandler(app, {
    begin: (invocation) => {
      // Where tracing tools, Powertools among them, look for it.
      if (invocation.traceId !== undefined) env['_X_AMZN_TRACE_ID'] = invocation.traceId;
      begin(invocation);
    },
    failed: (err) => log.error({ err }, 'invocation failed'),
  });
}

import type { ApiServer } from '../api-server.ts';
import type { Timers } from '../timers.ts';
import { tendDeployments } from './deployments.ts';
import { tendEndpoints } from './endpoints.ts';
import { collectGarbage } from './garbage-collector.ts';
import { Node, type PodDelays } from './pods.ts';
import { tendVolumes } from './volumes.ts';

export interface Delays extends PodDelays {
  /** From a change until the controllers have seen it. */
  readonly reactMs: number;
  /** From a change until the garbage collector has seen it. */
  readonly collectMs: number;
}

/** Lets every controller look at the whole cluster after each change, until nothing changes any more. Gives the function that ends it. */
export function runControllers(api: ApiServer, timers: Timers, delays: Delays, nodeName: string): () => void {
  const node = new Node(api, timers, delays, nodeName);
  const react = soon(timers, delays.reactMs, () => {
    tendVolumes(api);
    tendDeployments(api);
    node.tendPods();
    tendEndpoints(api);
  });
  const collect = soon(timers, delays.collectMs, () => collectGarbage(api));
  return api.store.onChange(() => {
    react();
    collect();
  });
}

/** Runs `action` a while after it was asked, once for all who asked meanwhile. */
function soon(timers: Timers, delayMs: number, action: () => void): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    timers.after(delayMs, () => {
      isDue = false;
      action();
    });
  };
}

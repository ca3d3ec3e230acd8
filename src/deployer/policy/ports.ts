import { PROXY_PORT, PROXY_PORT_NAME } from '../../spec-builder/pod/proxy-container.ts';
import { TRANSFERS_PORT, TRANSFERS_PORT_NAME } from '../../spec-builder/pod/transfer-containers.ts';

/** Ports of the pod that the Service leads to: the name of each, and its number. */
export const NAMED_PORTS: ReadonlyMap<unknown, number> = new Map([
  [PROXY_PORT_NAME, PROXY_PORT],
  [TRANSFERS_PORT_NAME, TRANSFERS_PORT],
]);

/** What the Service may lead to. Nothing else of a pod is reached past its proxy. */
export const TARGETS: readonly (string | number)[] = [PROXY_PORT_NAME, PROXY_PORT, TRANSFERS_PORT_NAME, TRANSFERS_PORT];

/** Where the proxy listens. */
export const PROXY_TARGETS: ReadonlySet<unknown> = new Set([PROXY_PORT_NAME, PROXY_PORT]);

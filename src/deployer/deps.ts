import type { Logger } from 'pino';
import type { Policy } from '../schema/policy.ts';
import type { CapabilitiesDeps } from './capabilities/capabilities.ts';
import type { LogSource } from './logs/ports.ts';
import type { Observer } from './observe/observer.ts';
import type { Kubernetes } from './ports.ts';
import type { TransferChannel } from './transfers/ports.ts';

/** What the use cases of the deployer need. */
export interface DeployerDeps extends CapabilitiesDeps {
  readonly kubernetes: Kubernetes;
  readonly observer: Observer;
  readonly logs: LogSource;
  readonly transfers: TransferChannel;
  /** The only namespace that anything is written to. */
  readonly namespace: string;
  /** What is let in. */
  readonly policy: Policy;
  readonly log: Logger;
  /** How long a removal waits for the end of what it removes before it answers that something is left. @default 1000 */
  readonly removalWaitMs?: number;
  /** Applies in hand at once; more are refused as overloaded. @default 512 */
  readonly mostApplies?: number;
  /** Logs that are read or followed at once; more are refused as overloaded. @default 100 */
  readonly mostLogReaders?: number;
}

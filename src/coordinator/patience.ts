/** How long a launch waits for what, in milliseconds. How long one request may take is the deployer client's. */
export interface Patience {
  /** For the same analysis to end its former life. @default 20000 */
  readonly busyMs: number;
  /** For a deployer to confirm that an attempt of unknown outcome is dead. @default 8000 */
  readonly fenceMs: number;
  /** After this no further cluster is tried, so that the last try ends within the 60 s after which our server cuts a quiet connection. @default 25000 */
  readonly launchMs: number;
  /** For a removal to end before it is put back into the queue. @default 20000 */
  readonly removalMs: number;
}

export const PATIENCE: Patience = { busyMs: 20_000, fenceMs: 8_000, launchMs: 25_000, removalMs: 20_000 };

/** What of the log of one container is wanted. */
export interface LogRequest {
  readonly pod: string;
  readonly container: string;
  /** The container's life before its last restart instead of the present one. */
  readonly previous: boolean;
  /** Only lines of the last so many seconds, at least 1. Never together with `sinceTime`. */
  readonly sinceSeconds?: number;
  readonly sinceTime?: Date;
  /** Only the last so many lines, and those that follow. */
  readonly tailLines?: number;
  /** Each line begins with its time, RFC 3339 with nanoseconds, and a space. */
  readonly timestamps: boolean;
  /** Goes on with new lines until the container ends. */
  readonly follow: boolean;
}

/** The logs of containers, as the cluster tells them. */
export interface LogSource {
  /**
   * The bytes of the log as they come in, in pieces that need not end with a line. Leaving the iteration, or the signal, closes the connection. A log
   * that is followed may keep this waiting until its first line. The iteration @throws UnavailableError when it breaks.
   * @throws NotStartedError: the container has not run yet; NotFoundError: no such pod, container or earlier life; UnavailableError: the
   * kube-apiserver or the node did not answer; ClusterMisconfiguredError
   */
  open(request: LogRequest, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}

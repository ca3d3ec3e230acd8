/** One call of the function, as the Runtime API tells it. */
export interface Invocation {
  readonly requestId: string;
  /** Milliseconds since 1970. After it the environment is frozen or killed in the middle of whatever it does. */
  readonly deadlineMs: number;
  readonly functionArn: string;
  /** Of X-Ray. */
  readonly traceId?: string;
  readonly event: unknown;
}

/** What serves the invocations. */
export interface EventHandler {
  /** Turns an event into the document that the Runtime API is sent. */
  handle(invocation: Invocation): Promise<unknown>;
  /** Hears why an invocation failed, for the log: the Runtime API is told the name of the error alone. */
  failed(err: unknown): void;
}

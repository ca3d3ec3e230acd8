/** Facts about an error for programs. Never secrets: they reach answers and logs. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** What a {@link ViceError} is told besides its sentence. */
export interface ErrorFacts {
  readonly details?: ErrorDetails;
  /** Every fault of a document; see {@link ViceError.faults}. */
  readonly faults?: readonly { readonly path: string; readonly message: string; readonly rule?: string; readonly allowed?: string }[];
  readonly cause?: unknown;
  /** How long the caller should wait before it tries again, in seconds. */
  readonly retryAfterSeconds?: number;
}

/**
 * An error that we foresee: something a caller or an operator can act on. `code` is stable and for programs; `status` is the HTTP status that an
 * edge gives it; `message` is for the caller and holds nothing secret; `cause` is for the log alone.
 */
export abstract class ViceError extends Error {
  abstract readonly code: string;
  abstract readonly status: number;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean = false;
  readonly details: ErrorDetails | undefined;
  /** All that is wrong with the document that was sent, each with its path. */
  readonly faults: ErrorFacts['faults'];
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.details = facts.details;
    this.faults = facts.faults;
    this.retryAfterSeconds = facts.retryAfterSeconds;
  }
}

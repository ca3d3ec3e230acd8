import { ViceError } from './vice-error.ts';

/** The document is not what its schema says, or says what cannot be. Names every fault. */
export class InvalidDocumentError extends ViceError {
  override readonly name = 'InvalidDocumentError';
  readonly code = 'invalid_document';
  readonly status = 400;
}

/** The content type is not one that the route reads. */
export class UnsupportedMediaTypeError extends ViceError {
  override readonly name = 'UnsupportedMediaTypeError';
  readonly code = 'unsupported_media_type';
  readonly status = 415;
}

export class NotFoundError extends ViceError {
  override readonly name = 'NotFoundError';
  readonly code = 'not_found';
  readonly status = 404;
}

export class MethodNotAllowedError extends ViceError {
  override readonly name = 'MethodNotAllowedError';
  readonly code = 'method_not_allowed';
  readonly status = 405;
}

/** The body is larger than the route takes. */
export class TooLargeError extends ViceError {
  override readonly name = 'TooLargeError';
  readonly code = 'too_large';
  readonly status = 413;
}

/** What is there contradicts what was asked: another spec under the same id, a name that is taken. */
export class ConflictError extends ViceError {
  override readonly name = 'ConflictError';
  readonly code = 'conflict';
  readonly status = 409;
}

/** The analysis is still being removed; the same request succeeds once that has ended. */
export class TerminatingError extends ViceError {
  override readonly name = 'TerminatingError';
  readonly code = 'terminating';
  readonly status = 409;
  override readonly retryable = true;
}

/** The attempt was ended by a later fence: what it asks must not happen any more. */
export class FencedError extends ViceError {
  override readonly name = 'FencedError';
  readonly code = 'fenced';
  readonly status = 409;
}

/** What was asked needs something of the analysis that runs, and it does not run yet. The message says what it waits for. */
export class NotStartedError extends ViceError {
  override readonly name = 'NotStartedError';
  readonly code = 'not_started';
  readonly status = 409;
  override readonly retryable = true;
}

/** The deployer's policy, or the cluster's own admission, refuses the spec. Names every violation. */
export class SpecRefusedError extends ViceError {
  override readonly name = 'SpecRefusedError';
  readonly code = 'spec_refused';
  readonly status = 422;
}

/** A quota of the user refuses the launch; `code` is the platform's (`ERR_LIMIT_REACHED` and its kin). */
export class QuotaRefusedError extends ViceError {
  override readonly name = 'QuotaRefusedError';
  readonly status = 400;
  readonly code: 'ERR_LIMIT_REACHED' | 'ERR_FORBIDDEN' | 'ERR_PERMISSION_NEEDED' | 'ERR_RESOURCE_OVERAGE';

  constructor(code: QuotaRefusedError['code'], message: string, details?: Readonly<Record<string, unknown>>) {
    super(message, details === undefined ? {} : { details });
    this.code = code;
  }
}

/** No cluster can take the analysis now; `details` holds each cluster's reason. */
export class NoClusterError extends ViceError {
  override readonly name = 'NoClusterError';
  readonly code = 'no_cluster';
  readonly status = 503;
  override readonly retryable = true;
}

/** A service that we need did not answer, or not in time. Whether it did what was asked is not known. */
export class UnavailableError extends ViceError {
  override readonly name = 'UnavailableError';
  readonly code = 'unavailable';
  readonly status = 503;
  override readonly retryable = true;
}

/** The cluster's own quota or capacity refuses; nothing was left behind. */
export class ClusterFullError extends ViceError {
  override readonly name = 'ClusterFullError';
  readonly code = 'cluster_full';
  readonly status = 409;
  override readonly retryable = true;
}

/** More at once than the deployer takes on. It did not read the request, and touched nothing. */
export class OverloadedError extends ViceError {
  override readonly name = 'OverloadedError';
  readonly code = 'overloaded';
  readonly status = 429;
  override readonly retryable = true;
}

/**
 * The cluster's administrator has something to do: a right of the deployer's role is missing, its namespace is, or its credentials are refused. An apply
 * that ends with it left nothing behind.
 */
export class ClusterMisconfiguredError extends ViceError {
  override readonly name = 'ClusterMisconfiguredError';
  readonly code = 'cluster_misconfigured';
  readonly status = 502;
}

/** A peer answered what it should not. The caller can do nothing about it; the log says what. */
export class UpstreamError extends ViceError {
  override readonly name = 'UpstreamError';
  readonly code = 'upstream';
  readonly status = 502;
  override readonly retryable = true;
}

/** Flags, environment or files of the process are wrong; `faults` names all of them. The process ends with exit code 2. */
export class ConfigurationError extends ViceError {
  override readonly name = 'ConfigurationError';
  readonly code = 'configuration';
  readonly status = 500;
}

/** A deployer could not be reached at all: it got nothing of the request, so nothing of it can come to life later. */
export class DeployerUnreachableError extends ViceError {
  override readonly name: string = 'DeployerUnreachableError';
  readonly code: 'deployer_unreachable' | 'auth_failed' = 'deployer_unreachable';
  readonly status = 503;
  override readonly retryable = true;
}

/**
 * Coordinator and deployer do not accept each other's certificates; the message says which and why. The deployer did nothing of the request. Waiting does
 * not help: an administrator has something to do.
 */
export class DeployerAuthError extends DeployerUnreachableError {
  override readonly name = 'DeployerAuthError';
  override readonly code = 'auth_failed';
}

/** Every cluster that was tried refuses the manifests: the coordinator builds what it must not, or the policies are wrong. The caller can do nothing. */
export class SpecRefusedEverywhereError extends ViceError {
  override readonly name = 'SpecRefusedEverywhereError';
  readonly code = 'spec_refused_everywhere';
  readonly status = 500;
}

/** The client's certificate was good enough for the connection and is not for a request: not a pinned name, revoked, or expired since. */
export class ClientRefusedError extends ViceError {
  override readonly name = 'ClientRefusedError';
  readonly code = 'client_refused';
  readonly status = 403;
}

/** Whoever sends the request has not shown who they are: no bearer token, or none that is valid. `challenge` is RFC 6750's `WWW-Authenticate`. */
export class UnauthorizedError extends ViceError {
  override readonly name = 'UnauthorizedError';
  readonly code = 'unauthorized';
  readonly status = 401;
  readonly challenge: string;

  /** @param refusal why the token that was shown is not valid; absent: none was */
  constructor(refusal?: string) {
    super(refusal ?? 'a bearer token is required: Authorization: Bearer TOKEN');
    this.challenge = `Bearer realm="vice"${refusal === undefined ? '' : `, error="invalid_token", error_description="${refusal}"`}`;
  }
}

/** We know who sends the request, and they may not do this. */
export class ForbiddenError extends ViceError {
  override readonly name = 'ForbiddenError';
  readonly code = 'forbidden';
  readonly status = 403;
  readonly challenge: string;

  /** @param subject whom the caller was taken for */
  constructor(refusal: string, subject: string) {
    super(refusal, { details: { subject } });
    this.challenge = `Bearer realm="vice", error="insufficient_scope", error_description="${refusal}"`;
  }
}

/** The resource is not any more as the condition of the request (RFC 9110, section 13.1.1) says. */
export class PreconditionFailedError extends ViceError {
  override readonly name = 'PreconditionFailedError';
  readonly code = 'precondition_failed';
  readonly status = 412;
}

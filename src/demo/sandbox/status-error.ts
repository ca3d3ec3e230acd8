import { type Kind, resourceName, resources } from './kinds.ts';

/** A refusal of the API server, in Kubernetes' own words, because clients decide by code, reason and message. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly code: number;
  readonly reason: string;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: number, reason: string, message: string, details?: Readonly<Record<string, unknown>>) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  /** The body of kind `Status`. */
  body(): Readonly<Record<string, unknown>> {
    const { message, reason, code, details } = this;
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, ...(details && { details }), code };
  }
}

function detailsOf(kind: Kind, name: string) {
  const { group, plural } = resources[kind];
  return { name, ...(group !== '' && { group }), kind: plural };
}

export function notFound(kind: Kind, name: string): StatusError {
  return new StatusError(404, 'NotFound', `${resourceName(kind)} "${name}" not found`, detailsOf(kind, name));
}

/** What a create says of a name that is taken; one that is being deleted is told apart by its message alone. */
export function alreadyExists(kind: Kind, name: string, isBeingDeleted: boolean): StatusError {
  const message = `${isBeingDeleted ? 'object is being deleted: ' : ''}${resourceName(kind)} "${name}" already exists`;
  return new StatusError(409, 'AlreadyExists', message, detailsOf(kind, name));
}

export function conflict(kind: Kind, name: string, why: string): StatusError {
  return new StatusError(409, 'Conflict', `Operation cannot be fulfilled on ${resourceName(kind)} "${name}": ${why}`, detailsOf(kind, name));
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

export function invalid(kind: Kind, name: string, field: string, why: string): StatusError {
  const causes = [{ reason: 'FieldValueInvalid', message: why, field }];
  return new StatusError(422, 'Invalid', `${kind} "${name}" is invalid: ${field}: ${why}`, { ...detailsOf(kind, name), causes });
}

/** A watch from a revision that is no longer remembered must list anew. */
export function expired(from: number, oldest: number): StatusError {
  return new StatusError(410, 'Expired', `too old resource version: ${from} (${oldest})`);
}

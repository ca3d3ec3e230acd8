import { ViceError } from '../errors/vice-error.ts';

/** An object of this kind and name exists already. It may be what an earlier try of the same request made. */
export class AlreadyThereError extends ViceError {
  override readonly name = 'AlreadyThereError';
  readonly code = 'already_exists';
  readonly status = 409;
  /** It is being deleted: the name is free once that has ended. */
  readonly isTerminating: boolean;

  constructor(message: string, isTerminating: boolean, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.isTerminating = isTerminating;
  }
}

/** A peer could not be reached: it got nothing of what was asked. */
export class NotReachedError extends ViceError {
  override readonly name = 'NotReachedError';
  readonly code = 'unavailable';
  readonly status = 503;
  override readonly retryable = true;
}

/** The object is not any more the one that the request was about: another uid, or changed since it was read. */
export class ObjectChangedError extends ViceError {
  override readonly name = 'ObjectChangedError';
  readonly code = 'object_changed';
  readonly status = 409;
  override readonly retryable = true;
}

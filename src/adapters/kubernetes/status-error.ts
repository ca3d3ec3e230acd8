import { AlreadyThereError, ObjectChangedError } from '../../deployer/errors.ts';
import { ClusterFullError, ClusterMisconfiguredError, NotFoundError, SpecRefusedError, UnavailableError } from '../../errors/errors.ts';
import type { ViceError } from '../../errors/vice-error.ts';

/** `Status` of the Kubernetes API, as far as it is read here; https://kubernetes.io/docs/reference/kubernetes-api/definitions/status-v1-meta/. */
interface Status {
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly { readonly path: string; readonly message: string }[];
  readonly retryAfterSeconds?: number;
}

/** What was asked, for the sentence of the error. */
export interface Asked {
  /** `create`, `apply`, `get` ... */
  readonly verb: string;
  /** `Deployment/07b04ce2-...`, or a kind alone. */
  readonly what: string;
}

/** An answer of the kube-apiserver that is no success, as one of our errors. Its own words are kept: they name the field, the quota or the right. */
export function statusError(httpStatus: number, body: string, retryAfter: string | null, asked: Asked): ViceError {
  const status = statusIn(body);
  const said = status.message === '' ? `status ${httpStatus}` : status.message;
  const sentence = `${asked.verb} ${asked.what}: ${said}`;
  const cause = new Error(`the kube-apiserver answered ${httpStatus}${status.reason === '' ? '' : ` ${status.reason}`}: ${said}`);
  const facts = { cause };
  switch (httpStatus) {
    case 400:
    case 413:
    case 422:
      return allocation(sentence, status, cause) ?? refused(sentence, status, asked, cause);
    case 401:
      return new ClusterMisconfiguredError(`the kube-apiserver does not know the deployer's credentials: ${sentence}`, facts);
    case 403:
      return forbidden(sentence, status, asked, cause);
    case 404:
      return missing(sentence, status, cause);
    case 409:
      if (status.reason === 'AlreadyExists') return new AlreadyThereError(sentence, said.includes('object is being deleted'), cause);
      return new ObjectChangedError(sentence, facts);
    case 410:
      return new ObjectChangedError(sentence, facts);
    default: {
      const seconds = status.retryAfterSeconds ?? secondsIn(retryAfter);
      return new UnavailableError(sentence, { cause, ...(seconds !== undefined && { retryAfterSeconds: seconds }) });
    }
  }
}

/** A 404 names the object, or the namespace that should hold it, or no resource at all where the kind is not served. */
function missing(sentence: string, status: Status, cause: Error): ViceError {
  if (/^namespaces? "/.test(status.message)) return new ClusterMisconfiguredError(sentence, { cause });
  return new NotFoundError(sentence, { cause });
}

/** A 403 is a quota, a right that the deployer's role lacks, a namespace that is going, or an admission plugin that refuses what it was shown. */
function forbidden(sentence: string, status: Status, asked: Asked, cause: Error): ViceError {
  // A quota that was just made has not been counted yet, and a kube-apiserver that was just started may not know enough to admit anything.
  if (/status unknown for quota|not yet ready to handle request/.test(status.message)) return new UnavailableError(sentence, { cause });
  if (status.message.includes('exceeded quota')) return new ClusterFullError(sentence, { cause, retryAfterSeconds: 30 });
  const isRight = / cannot [a-z]+ resource /.test(status.message) || status.message.includes('is being terminated');
  return isRight ? new ClusterMisconfiguredError(sentence, { cause }) : refused(sentence, status, asked, cause);
}

/** A Service for which the cluster found no address is called invalid, and so is one for which it could not ask its etcd. */
function allocation(sentence: string, { message }: Status, cause: Error): ViceError | undefined {
  if (!message.includes('failed to allocate IP')) return undefined;
  return message.includes('range is full')
    ? new ClusterFullError(sentence, { cause, retryAfterSeconds: 30 })
    : new UnavailableError(sentence, { cause });
}

function refused(sentence: string, status: Status, asked: Asked, cause: Error): SpecRefusedError {
  const faults = status.causes.map(({ path, message }) => ({ path: path === '' ? asked.what : `${asked.what}.${path}`, message }));
  const all = faults.length > 0 ? faults : [{ path: asked.what, message: status.message }];
  return new SpecRefusedError(`the cluster refuses the spec: ${sentence}`, { faults: all, cause });
}

function statusIn(body: string): Status {
  const parsed = objectIn(body);
  const details = parsed['details'];
  const retryAfterSeconds = isObject(details) ? details['retryAfterSeconds'] : undefined;
  const causes = isObject(details) && Array.isArray(details['causes']) ? details['causes'] : [];
  return {
    reason: textOf(parsed['reason']),
    // A body that is no Status (a proxy's page, a plain 404) may be anything, and long.
    message: textOf(parsed['message'] ?? body)
      .trim()
      .slice(0, 2000),
    causes: causes.filter(isObject).map(({ field, message }) => ({ path: textOf(field), message: textOf(message) })),
    ...(typeof retryAfterSeconds === 'number' && { retryAfterSeconds }),
  };
}

function objectIn(body: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body);
    return isObject(parsed) ? parsed : {};
  } catch {
    // What is no JSON is told as text.
    return {};
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function secondsIn(header: string | null): number | undefined {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

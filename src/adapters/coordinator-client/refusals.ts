import type { ErrorFacts } from '../../errors/vice-error.ts';
import { ViceError } from '../../errors/vice-error.ts';
import { check } from '../../schema/check.ts';
import { PlatformError, Problem } from '../../schema/problem.ts';

interface Refusal {
  readonly code: string;
  readonly status: number;
  /** @default whether the status is 503 */
  readonly retryable?: boolean;
}

/** The coordinator understood what it was asked and refused, in its own words. `code` is the one that it gave. */
export class CoordinatorRefusedError extends ViceError {
  override readonly name = 'CoordinatorRefusedError';
  readonly code: string;
  readonly status: number;
  override readonly retryable: boolean;

  constructor(message: string, { code, status, retryable = status === 503, ...facts }: Refusal & ErrorFacts) {
    super(message, facts);
    this.code = code;
    this.status = status;
    this.retryable = retryable;
  }
}

const HINTS: Readonly<Record<number, string>> = {
  401: 'the coordinator asks for a token that it accepts (--token-file)',
  403: 'the token does not allow this',
};

/** The error that an answer tells: problem details, the platform's error body, or what something between us and the coordinator says. */
export function errorOf({ status, url }: Response, text: string): CoordinatorRefusedError {
  const document = parsed(text);
  const problem = check(Problem, document);
  const hint = HINTS[status];
  const hinted = (message: string) => (hint === undefined ? message : `${message}; ${hint}`);
  if (problem.ok) {
    const { detail, title, code, retryable, faults, details } = problem.value;
    return new CoordinatorRefusedError(hinted(detail ?? title), { code, status, retryable, ...(faults && { faults }), ...(details && { details }) });
  }
  const platform = check(PlatformError, document);
  if (platform.ok) {
    const { message, error_code: code = 'refused', details } = platform.value;
    return new CoordinatorRefusedError(hinted(message), { code, status, ...(details && { details }) });
  }
  const { origin } = new URL(url);
  return new CoordinatorRefusedError(hinted(`${origin} answered ${status}, and not as a coordinator does`), { code: 'upstream', status });
}

/** Undefined for what is no JSON, which no schema takes. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

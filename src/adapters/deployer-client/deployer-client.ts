import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Probed } from '../../cluster-registry/health.ts';
import type { Home, LogParameters } from '../../coordinator/looking/ports.ts';
import type { Apply, Deployer, Lease, Observed } from '../../coordinator/ports.ts';
import { DeployerAuthError, DeployerUnreachableError, UpstreamError } from '../../errors/errors.ts';
import { ViceError } from '../../errors/vice-error.ts';
import { check } from '../../schema/check.ts';
import { DeploymentStatus, RemovalStatus } from '../../schema/deployment-status.ts';
import { Health } from '../../schema/health.ts';
import type { ExternalId } from '../../schema/ids.ts';
import type { LogRecord, Logs } from '../../schema/logs.ts';
import { type Answer, type Exchange, exchange, openExchange } from './exchange.ts';
import { type Line, SHARED_LINE } from './line.ts';
import { logsIn, logsPath, recordsIn, recordsOf } from './logs.ts';
import { errorOf, parsed } from './refusals.ts';
import { selfDescription } from './self-description.ts';

/** How long the deployer may take for each request, in milliseconds. */
export interface Patience {
  /** An apply waits for every object of the analysis to be written. @default 15000 */
  readonly applyMs: number;
  /** A removal waits a moment for the end of what it removes. @default 10000 */
  readonly removeMs: number;
  /** A status comes from memory. @default 5000 */
  readonly askMs: number;
  /** Logs come from a node, through the kube-apiserver. @default 15000 */
  readonly logsMs: number;
  /** A sign of life must come at once, but a function may have to be started for it. @default 2500 */
  readonly lifeMs: number;
}

const PATIENCE: Patience = { applyMs: 15_000, removeMs: 10_000, askMs: 5_000, logsMs: 15_000, lifeMs: 2_500 };

/** For so long after an answer the deployer counts as alive. */
const FRESH_MS = 1_000;

// Only what is used is checked: a newer deployer may say more.
const ObservedAnswer = Type.Pick(DeploymentStatus, ['external_id', 'phase', 'attempt', 'spec_hash'], { additionalProperties: true });
/** Any web server may say 200 to every path; only a deployer says that it is well. */
const HealthAnswer = Type.Pick(Health, ['status'], { additionalProperties: true });
const RemovalAnswer = Type.Composite([RemovalStatus], { additionalProperties: true });

/** A deployer that can also be asked how it is. */
export interface DeployerClient extends Deployer, Home {
  /** Whether it and its kube-apiserver answer, and if not, why. Never throws. */
  health(signal: AbortSignal): Promise<Probed>;
}

/** The deployer at this base URL, which may have a path of its own, as an API Gateway's `/prod`. */
export function createDeployerClient(
  baseUrl: string,
  patience: Partial<Patience> = {},
  now: () => number = Date.now,
  line: Line = SHARED_LINE,
): DeployerClient {
  return new HttpDeployer(baseUrl.replace(/\/+$/, ''), { ...PATIENCE, ...patience }, now, line);
}

class HttpDeployer implements DeployerClient {
  readonly #base: string;
  readonly #patience: Patience;
  readonly #now: () => number;
  readonly #line: Line;
  #answeredAt = Number.NEGATIVE_INFINITY;

  constructor(base: string, patience: Patience, now: () => number, line: Line) {
    this.#base = base;
    this.#patience = patience;
    this.#now = now;
    this.#line = line;
  }

  async apply(request: Apply, signal: AbortSignal): Promise<Observed> {
    await this.#showsLife(signal);
    const answer = await this.#send('POST', '/api/v1/deployments', this.#patience.applyMs, signal, request.spec);
    if (answer.status !== 200 && answer.status !== 201) throw errorOf(answer);
    const observed = bodyOf(ObservedAnswer, answer);
    if (observed.external_id !== request.external_id || observed.spec_hash !== request.spec_hash) {
      throw new UpstreamError('the deployer answered for another spec than it was sent', { details: { observed } });
    }
    return observed;
  }

  async status(externalId: ExternalId, signal: AbortSignal): Promise<Observed | undefined> {
    const answer = await this.#send('GET', `/api/v1/deployments/${externalId}/status`, this.#patience.askMs, signal);
    return answer.status === 200 ? bodyOf(ObservedAnswer, answer) : absent(answer);
  }

  async report(externalId: ExternalId, signal: AbortSignal): Promise<DeploymentStatus | undefined> {
    const answer = await this.#send('GET', `/api/v1/deployments/${externalId}/status`, this.#patience.askMs, signal);
    return answer.status === 200 ? bodyOf(DeploymentStatus, answer, (body) => Value.Clean(DeploymentStatus, body)) : absent(answer);
  }

  async logs(externalId: ExternalId, parameters: LogParameters, signal: AbortSignal): Promise<Logs> {
    return logsIn(await this.#send('GET', logsPath(externalId, parameters), this.#patience.logsMs, signal));
  }

  async followLogs(externalId: ExternalId, parameters: LogParameters, signal: AbortSignal): Promise<AsyncIterable<readonly LogRecord[]>> {
    const request = { method: 'GET', url: this.#base + logsPath(externalId, parameters), timeoutMs: this.#patience.logsMs } as const;
    const answer = await openExchange(request, signal, this.#line);
    if (answer.status === 200 && answer.contentType.startsWith('application/x-ndjson')) return recordsIn(answer);
    return recordsOf(logsIn({ status: answer.status, text: await answer.text() }));
  }

  async remove(lease: Lease, options: { readonly fence: boolean }, signal: AbortSignal): Promise<RemovalStatus> {
    const query = `attempt=${lease.attempt}${options.fence ? '&fence=true' : ''}`;
    const answer = await this.#send('DELETE', `/api/v1/deployments/${lease.external_id}?${query}`, this.#patience.removeMs, signal);
    if (answer.status !== 200 && answer.status !== 202) throw errorOf(answer);
    const removal = bodyOf(RemovalAnswer, answer);
    if (removal.external_id !== lease.external_id) throw new UpstreamError('the deployer answered for another analysis', { details: { removal } });
    return removal;
  }

  async health(signal: AbortSignal): Promise<Probed> {
    const askedAt = this.#now();
    try {
      const answer = await this.#send('GET', '/api/v1/health', this.#patience.askMs, signal);
      if (answer.status === 200) {
        bodyOf(HealthAnswer, answer);
        return { state: 'healthy', ...selfDescription(answer.text, askedAt, this.#now()) };
      }
      const { message } = errorOf(answer);
      return { state: answer.status === 401 || answer.status === 403 ? 'auth_failed' : 'unreachable', reason: message };
    } catch (err) {
      const { code, message } = await this.#explained(err);
      return { state: code === 'auth_failed' ? 'auth_failed' : 'unreachable', reason: message };
    }
  }

  /**
   * A deployer that hangs must be found out before it is sent anything: once it may have got a spec, the launch cannot go to another cluster
   * until it has confirmed that the spec stays dead. Costs nothing while launches follow each other closely.
   */
  async #showsLife(signal: AbortSignal): Promise<void> {
    if (this.#now() - this.#answeredAt < FRESH_MS) return;
    const ask = () => this.#send('GET', '/readyz', this.#patience.lifeMs, signal);
    try {
      const answer = await ask().catch((err: unknown) => (isTimeout(err) ? Promise.reject(err) : ask())); // a connection kept too long breaks once
      if (answer.status !== 200) throw errorOf(answer);
    } catch (err) {
      throw await this.#explained(err);
    }
  }

  /** What nothing was lost by, as an error that says so. A connection that broke may have been closed over a certificate. */
  async #explained(err: unknown): Promise<DeployerUnreachableError> {
    if (!(err instanceof ViceError)) throw err;
    if (err instanceof DeployerAuthError) return err;
    const facts = { cause: err, ...(err.details && { details: err.details }) };
    const refusal = isBroken(err) ? await this.#line.refusal(this.#base) : undefined;
    return refusal === undefined ? new DeployerUnreachableError(`no sign of life: ${err.message}`, facts) : new DeployerAuthError(refusal, facts);
  }

  async #send(method: Exchange['method'], path: string, timeoutMs: number, signal: AbortSignal, body?: string): Promise<Answer> {
    const answer = await exchange({ method, url: this.#base + path, timeoutMs, ...(body !== undefined && { body }) }, signal, this.#line);
    if (answer.status < 500) this.#answeredAt = this.#now();
    return answer;
  }
}

function isTimeout(err: unknown): boolean {
  return err instanceof Error && err.cause instanceof Error && err.cause.name === 'TimeoutError';
}

function isBroken({ details }: ViceError): boolean {
  return details?.['code'] === 'ECONNRESET' || details?.['code'] === 'EPROTO';
}

/** Any web server says 404; only a deployer says that it asked its cluster. @throws what any other answer tells */
function absent(answer: Answer): undefined {
  const err = errorOf(answer);
  if (answer.status === 404 && err.details?.['code'] === 'not_found') return undefined;
  throw err;
}

/** @param only what of the body is to be looked at */
function bodyOf<S extends TSchema>(schema: S, answer: Answer, only: (body: unknown) => unknown = (body) => body): Static<S> {
  const body = check(schema, only(parsed(answer.text)));
  if (body.ok) return body.value;
  throw new UpstreamError(`the deployer answered ${answer.status} with what is no answer of a deployer`, {
    details: { status: answer.status, answer: answer.text.slice(0, 500) },
    faults: body.faults,
  });
}

import type { Static, TSchema } from '@sinclair/typebox';
import { Capabilities } from '../schema/capabilities.ts';
import { check } from '../schema/check.ts';
import type { ViceDeploymentSpec } from '../schema/deployment-spec.ts';
import { DeploymentList, DeploymentStatus, RemovalStatus, UrlReady } from '../schema/deployment-status.ts';
import { FileTransfer } from '../schema/file-transfer.ts';
import { LogRecord, Logs } from '../schema/logs.ts';
import { Problem } from '../schema/problem.ts';
import { ContractBreachError, equal, shown } from './breach.ts';
import { waitFor } from './wait-for.ts';

/** Where a deployer is, and what is shown to it. */
export interface Endpoint {
  /** With the path before `/api/v1`, if there is one, and without a slash at its end. */
  readonly url: string;
  /** PEM texts: whom to trust, and who to be. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/** An answer whose body is what the contract says of its status. */
export interface Answer<T> {
  readonly status: number;
  /** Of a success. */
  readonly body: T;
  /** Of an error: its stable code. */
  readonly code: string;
  /** Of an error: whether it may be asked for again. */
  readonly retryable: boolean | undefined;
  readonly problem: Problem;
}

/** No promise of the contract takes longer: the longest poll is 25 s. */
const ANSWER_MS = 60_000;
const SETTLE_MS = 60_000;
const JSON_TYPE = { 'content-type': 'application/json' };

/**
 * A deployer as its callers see it. Every answer is checked against the schema of the contract as it comes in.
 *
 * Every method @throws ContractBreachError: the answer is none of the contract's, or there was none
 */
export class DeployerClient {
  readonly url: string;
  readonly #endpoint: Endpoint;
  readonly #signal: AbortSignal | undefined;

  /** `signal` ends every request of this client. */
  constructor(endpoint: string | Endpoint, signal?: AbortSignal) {
    this.#endpoint = typeof endpoint === 'string' ? { url: endpoint } : endpoint;
    this.#signal = signal;
    this.url = this.#endpoint.url;
  }

  apply(spec: unknown): Promise<Answer<DeploymentStatus>> {
    const body = typeof spec === 'string' ? spec : JSON.stringify(spec);
    return this.ask('POST', '/api/v1/deployments', { 200: DeploymentStatus, 201: DeploymentStatus }, { body, headers: JSON_TYPE });
  }

  /** Applies what must be taken: for cases whose promise is about what comes afterwards. */
  async launch(spec: ViceDeploymentSpec): Promise<DeploymentStatus> {
    const { status, body, code, problem } = await this.apply(spec);
    if (status === 200 || status === 201) return body;
    const faults = problem.faults?.map(({ path, message }) => `${path} ${message}`).join(', ') ?? problem.detail ?? problem.title;
    throw new ContractBreachError(`POST /api/v1/deployments of a spec that is to be applied: ${status} ${code}: ${faults}`);
  }

  /** A POST whose second half is sent when `released` resolves. `begun` resolves when its first half is on its way. */
  applySlowly(spec: unknown, released: Promise<void>): { readonly begun: Promise<void>; readonly answer: Promise<Answer<DeploymentStatus>> } {
    const begun = Promise.withResolvers<void>();
    const bytes = new TextEncoder().encode(JSON.stringify(spec));
    const half = bytes.length >> 1;
    const halves = [bytes.subarray(0, half), bytes.subarray(half)];
    const body = new ReadableStream<Uint8Array>(
      {
        // Asked for the second half, the reader has taken the first.
        pull: async (stream) => {
          const isSecond = halves.length === 1;
          if (isSecond) begun.resolve();
          if (isSecond) await released;
          stream.enqueue(halves.shift());
          if (isSecond) stream.close();
        },
      },
      { highWaterMark: 0 },
    );
    const answer = this.ask('POST', '/api/v1/deployments', { 200: DeploymentStatus, 201: DeploymentStatus }, { body, headers: JSON_TYPE });
    return { begun: Promise.race([begun.promise, answer.then(() => undefined)]), answer };
  }

  remove(externalId: string, query = ''): Promise<Answer<RemovalStatus>> {
    return this.ask('DELETE', `/api/v1/deployments/${externalId}${query}`, { 200: RemovalStatus, 202: RemovalStatus });
  }

  status(externalId: string): Promise<Answer<DeploymentStatus>> {
    return this.ask('GET', `/api/v1/deployments/${externalId}/status`, { 200: DeploymentStatus });
  }

  urlReady(externalId: string): Promise<Answer<UrlReady>> {
    return this.ask('GET', `/api/v1/deployments/${externalId}/url-ready`, { 200: UrlReady });
  }

  list(query = ''): Promise<Answer<DeploymentList>> {
    return this.ask('GET', `/api/v1/deployments${query}`, { 200: DeploymentList });
  }

  capabilities(): Promise<Answer<Capabilities>> {
    return this.ask('GET', '/api/v1/capabilities', { 200: Capabilities });
  }

  logs(externalId: string, query = ''): Promise<Answer<Logs>> {
    return this.ask('GET', `/api/v1/deployments/${externalId}/logs${query}`, { 200: Logs });
  }

  /** The records of a log that is followed, until it ends or the iteration is left. */
  async *follow(externalId: string, query = ''): AsyncGenerator<LogRecord> {
    const path = `/api/v1/deployments/${externalId}/logs?follow=true${query}`;
    const response = await this.send('GET', path);
    equal([response.status, response.headers.get('content-type')], [200, 'application/x-ndjson'], `GET ${path}: status and content type`);
    let rest = '';
    for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield valid(LogRecord, parsed(line, path), path);
    }
    equal(rest, '', `GET ${path}: what follows the last whole line`);
  }

  startTransfer(externalId: string, type: string): Promise<Answer<FileTransfer>> {
    return this.ask('POST', `/api/v1/deployments/${externalId}/file-transfers/${type}`, { 202: FileTransfer });
  }

  transferState(externalId: string, type: string): Promise<Answer<FileTransfer>> {
    return this.ask('GET', `/api/v1/deployments/${externalId}/file-transfers/${type}`, { 200: FileTransfer });
  }

  get(path: string): Promise<Response> {
    return this.send('GET', path);
  }

  /** Repeats the removal until all is gone. */
  async removeFully(externalId: string, query = ''): Promise<void> {
    const isGone = async () => (await this.remove(externalId, query)).status === 200;
    await waitFor(isGone, { timeoutMs: SETTLE_MS, what: `${externalId} to be removed`, signal: this.#signal });
  }

  async untilPhase(externalId: string, phase: DeploymentStatus['phase']): Promise<DeploymentStatus> {
    let last = 'no status';
    const inPhase = async () => {
      const { status, body } = await this.status(externalId);
      last = status === 200 ? `${body.phase} ${body.message ?? ''}` : `status ${status}`;
      return status === 200 && body.phase === phase && body;
    };
    return waitFor(inPhase, { timeoutMs: SETTLE_MS, what: () => `${externalId} to be ${phase}; last told: ${last.trim()}`, signal: this.#signal });
  }

  /**
   * One request and its answer, which must be JSON: of the schema of its status, or else problem details.
   * For an answer that is something else there is `send`.
   */
  async ask<S extends TSchema>(
    method: string,
    path: string,
    schemas: Readonly<Record<number, S>>,
    init: RequestInit = {},
  ): Promise<Answer<Static<S>>> {
    const request = `${method} ${path}`;
    const response = await this.send(method, path, init);
    const { status } = response;
    const text = await response.text().catch((err: unknown) => {
      throw noAnswer(request, err);
    });
    const schema = schemas[status];
    const where = `${request}: ${status}`;
    if (status === 304) return { status, code: '', retryable: undefined, ...unread(where) };
    const document = parsed(text, where);
    equal(response.headers.get('content-type'), schema ? 'application/json' : 'application/problem+json', `${where}: content type`);
    if (schema) return { status, code: '', retryable: undefined, ...unread(where), body: valid(schema, document, where) };
    const problem = valid(Problem, document, where);
    equal(problem.status, status, `${request}: the status in the body`);
    return {
      status,
      ...unread(`${where} ${problem.code} (${problem.detail ?? problem.title})`),
      code: problem.code,
      retryable: problem.retryable,
      problem,
    };
  }

  async send(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    const { url, tls } = this.#endpoint;
    const signals = [AbortSignal.timeout(ANSWER_MS), this.#signal, init.signal].filter((signal) => signal instanceof AbortSignal);
    return fetch(url + path, { redirect: 'manual', ...init, method, ...(tls && { tls }), signal: AbortSignal.any(signals) }).catch((err: unknown) => {
      throw noAnswer(`${method} ${path}`, err);
    });
  }
}

/** Bun's own words for these ask the reader a question. */
const BROKEN: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection broke before there was an answer',
  EPROTO: 'the TLS handshake failed',
};

function noAnswer(request: string, err: unknown): ContractBreachError {
  const code = err instanceof Error && 'code' in err ? String(err.code) : '';
  const isTimeout = err instanceof Error && err.name === 'TimeoutError';
  const why = BROKEN[code] ?? (isTimeout ? 'no answer in time' : err instanceof Error ? err.message : String(err));
  return new ContractBreachError(`${request}: ${why}`, { cause: err });
}

/** What an answer does not have; a case that reads it all the same fails and says so. */
function unread<T>(where: string): { body: T; problem: Problem } {
  const missing = (what: string) =>
    new Proxy(Object.create(null), {
      get: (_, key) => {
        throw new ContractBreachError(`${where} has no ${what}; ${String(key)} was to be read of it`);
      },
    });
  return { body: missing('body of a success'), problem: missing('body of an error') };
}

function parsed(text: string, where: string): unknown {
  try {
    const document: unknown = JSON.parse(text);
    return document;
  } catch (err) {
    throw new ContractBreachError(`${where}: the body is no JSON: ${shown(text.slice(0, 80))}`, { cause: err });
  }
}

function valid<S extends TSchema>(schema: S, document: unknown, where: string): Static<S> {
  const checked = check(schema, document);
  if (checked.ok) return checked.value;
  const faults = checked.faults.map(({ path, message }) => `${path} ${message}`.trim()).join(', ');
  throw new ContractBreachError(`${where}: the body breaks the contract: ${faults}: ${shown(document)}`);
}

import { expect } from 'bun:test';
import type { Static, TSchema } from '@sinclair/typebox';
import { check } from '../../src/schema/check.ts';
import { DeploymentList, DeploymentStatus, RemovalStatus, UrlReady } from '../../src/schema/deployment-status.ts';
import { LogRecord, Logs } from '../../src/schema/logs.ts';
import { Problem } from '../../src/schema/problem.ts';
import { waitFor } from '../support/wait-for.ts';

/** An answer whose body is what the contract says of its status. */
export interface Answer<T> {
  readonly status: number;
  /** Of a success. */
  readonly body: T;
  /** Of an error: its stable code. */
  readonly code: string;
  readonly problem: Problem;
}

/** A deployer as its callers see it. Every answer is checked against the schema of the contract as it comes in. */
export class DeployerClient {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  apply(spec: unknown): Promise<Answer<DeploymentStatus>> {
    const body = typeof spec === 'string' ? spec : JSON.stringify(spec);
    return this.#ask('POST', '/api/v1/deployments', { 200: DeploymentStatus, 201: DeploymentStatus }, body);
  }

  remove(externalId: string, query = ''): Promise<Answer<RemovalStatus>> {
    return this.#ask('DELETE', `/api/v1/deployments/${externalId}${query}`, { 200: RemovalStatus, 202: RemovalStatus });
  }

  status(externalId: string): Promise<Answer<DeploymentStatus>> {
    return this.#ask('GET', `/api/v1/deployments/${externalId}/status`, { 200: DeploymentStatus });
  }

  urlReady(externalId: string): Promise<Answer<UrlReady>> {
    return this.#ask('GET', `/api/v1/deployments/${externalId}/url-ready`, { 200: UrlReady });
  }

  list(query = ''): Promise<Answer<DeploymentList>> {
    return this.#ask('GET', `/api/v1/deployments${query}`, { 200: DeploymentList });
  }

  logs(externalId: string, query = ''): Promise<Answer<Logs>> {
    return this.#ask('GET', `/api/v1/deployments/${externalId}/logs${query}`, { 200: Logs });
  }

  /** The records of a log that is followed, until it ends or the iteration is left. */
  async *follow(externalId: string, query = ''): AsyncGenerator<LogRecord> {
    const response = await this.get(`/api/v1/deployments/${externalId}/logs?follow=true${query}`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
    let rest = '';
    for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield valid(LogRecord, JSON.parse(line));
    }
    expect(rest).toBe('');
  }

  get(path: string): Promise<Response> {
    return fetch(this.url + path, { signal: AbortSignal.timeout(60_000) });
  }

  /** Repeats the removal until all is gone. */
  async removeFully(externalId: string, query = ''): Promise<void> {
    const isGone = async () => {
      const { status } = await this.remove(externalId, query);
      return status === 200;
    };
    await waitFor(isGone, { timeoutMs: 60_000, what: `${externalId} to be removed` });
  }

  async untilPhase(externalId: string, phase: DeploymentStatus['phase']): Promise<DeploymentStatus> {
    const inPhase = async () => {
      const { status, body } = await this.status(externalId);
      return status === 200 && body.phase === phase && body;
    };
    return waitFor(inPhase, { timeoutMs: 60_000, what: `${externalId} to be ${phase}` });
  }

  async #ask<S extends TSchema>(method: string, path: string, schemas: Readonly<Record<number, S>>, body?: string): Promise<Answer<Static<S>>> {
    const response = await fetch(this.url + path, {
      method,
      ...(body !== undefined && { body, headers: { 'content-type': 'application/json' } }),
      signal: AbortSignal.timeout(60_000),
    });
    const { status } = response;
    const text = await response.text();
    const schema = schemas[status];
    const none = { status, code: '', body: undefined, problem: undefined };
    if (status === 304) return { ...none, ...unread() };
    const document: unknown = JSON.parse(text);
    if (schema) {
      expect(response.headers.get('content-type')).toBe('application/json');
      return { ...none, ...unread(), body: valid(schema, document) };
    }
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const problem = valid(Problem, document);
    expect(problem.status).toBe(status);
    return { ...none, ...unread(), code: problem.code, problem };
  }
}

/** What an answer does not have; a test that reads it all the same fails and says so. */
function unread<T>(): { body: T; problem: Problem } {
  const missing = (what: string) =>
    new Proxy(Object.create(null), {
      get: (_, key) => {
        throw new Error(`the answer has no ${what}, and ${String(key)} was read of it`);
      },
    });
  return { body: missing('body'), problem: missing('problem') };
}

function valid<S extends TSchema>(schema: S, document: unknown): Static<S> {
  const checked = check(schema, document);
  if (!checked.ok) throw new Error(`the answer breaks the contract: ${JSON.stringify({ faults: checked.faults, document })}`);
  return checked.value;
}

import type { Logger } from 'pino';
import { pathOf } from './path-of.ts';
import { type ClientIdentity, callerOf } from './request-context.ts';

export interface Access {
  readonly request: Request;
  /** As it came: HEAD goes through the application as GET. */
  readonly method: string;
  readonly requestId: string;
  readonly status: number;
  /** Of `performance.now()`. */
  readonly startedAt: number;
  readonly peer?: string;
  readonly client?: ClientIdentity;
}

const PROBES = new Set(['/', '/livez', '/readyz', '/metrics', '/api/v1/health']);

/** One line a request: the path without its query, which names users, and no header. Probes come every few seconds and are told at debug level. */
export function logAccess(log: Logger, { request, method, requestId, status, startedAt, peer, client }: Access): void {
  const path = pathOf(request);
  const level = PROBES.has(path) && status < 500 ? 'debug' : 'info';
  const duration_ms = Math.round((performance.now() - startedAt) * 10) / 10;
  const subject = callerOf(request)?.subject;
  const who = { ...(subject !== undefined && { subject }), ...(peer !== undefined && { peer }), ...(client && { client }) };
  log[level]({ request_id: requestId, method, path, status, duration_ms, ...who }, 'request');
}

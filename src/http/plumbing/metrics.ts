import type { Elysia } from 'elysia';
import { describe } from './openapi.ts';
import { routeOf } from './route-of.ts';

/** An answer, as it is counted. */
export interface AnsweredRequest {
  /** One of HTTP's own, or `other`. */
  readonly method: string;
  /** Template of the path, as `/api/v1/deployments/:external_id`; `unknown` where there is none. */
  readonly route: string;
  readonly status: number;
  /** Until the answer began. */
  readonly seconds: number;
}

/** Counts the answers of an application, and tells what was counted. */
export interface HttpMetrics {
  answered(answer: AnsweredRequest): void;
  /** In the text format of Prometheus; https://prometheus.io/docs/instrumenting/exposition_formats/. */
  exposition(): Promise<{ readonly contentType: string; readonly text: string }>;
}

export function serveMetrics(app: Elysia, metrics: HttpMetrics): void {
  app.get(
    '/metrics',
    async () => {
      const { contentType, text } = await metrics.exposition();
      return new Response(text, { headers: { 'content-type': contentType } });
    },
    describe({ summary: 'What was counted, in the text format of Prometheus', answers: { 200: ['one line a time series'] } }),
  );
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Whatever a client sends, there are as many series as there are routes and no more. */
export function countAnswer(metrics: HttpMetrics, app: Elysia, asked: string, path: string, status: number, startedAt: number): void {
  const method = METHODS.has(asked) ? asked : 'other';
  metrics.answered({ method, route: routeOf(app.routes, path), status, seconds: (performance.now() - startedAt) / 1_000 });
}

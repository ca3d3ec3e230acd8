import type { Elysia } from 'elysia';
import { jsonResponse } from '../plumbing/json-response.ts';
import { describe } from '../plumbing/openapi.ts';

/** What must be there before launches can succeed; each key names one thing. */
export type Readiness = Readonly<Record<string, boolean>>;

/** `GET /`, which app-exposer's probes and the Discovery Environment's own ask, and the two of Kubernetes. */
export function probes(app: Elysia, readiness: () => Promise<Readiness>): Elysia {
  app.get('/', () => text('Hello from app-exposer.'), describe({ summary: 'Whether the process answers', answers: { 200: ['it does'] } }));
  app.get('/livez', () => text('ok'), describe({ summary: 'Whether the process answers', answers: { 200: ['it does'] } }));
  app.get(
    '/readyz',
    async () => {
      const ready = await readiness();
      return jsonResponse(Object.values(ready).every(Boolean) ? 200 : 503, ready);
    },
    describe({ summary: 'Whether launches can succeed', answers: { 200: ['everything needed is there'], 503: ['something is missing'] } }),
  );
  return app;
}

function text(body: string): Response {
  return new Response(body, { headers: { 'content-type': 'text/plain; charset=utf-8' } });
}

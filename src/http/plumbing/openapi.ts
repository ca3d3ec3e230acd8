import type { TSchema } from '@sinclair/typebox';
import { Elysia } from 'elysia';
import { Problem } from '../../schema/problem.ts';
import { jsonResponse } from './json-response.ts';

/** What the OpenAPI document says of a route. */
export interface RouteDescription {
  readonly summary: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly query?: Readonly<Record<string, { readonly description: string; readonly schema: TSchema }>>;
  readonly body?: TSchema;
  /** By status: what it means, and the schema of its JSON body where it has one; `line` where it may come as JSON documents, one a line, instead. */
  readonly answers: Readonly<Record<number, readonly [meaning: string, body?: TSchema, line?: TSchema]>>;
  /** The statuses of errors, all with problem details. */
  readonly problems?: readonly number[];
}

/**
 * The options of a route: told in the OpenAPI document, and not validated by Elysia, whose answers to a faulty document would be its own and which
 * turns text into numbers. Handlers read with `readJson` and decide with `check`.
 */
export function describe(route: RouteDescription) {
  const { summary, description, tags, query = {}, body, answers, problems = [] } = route;
  const parameters = Object.entries(query).map(([name, parameter]) => ({ name, in: 'query', required: false, ...parameter }));
  const responses = Object.fromEntries([
    ...Object.entries(answers).map(([status, [meaning, body, line]]) => [
      status,
      { description: meaning, ...(body && content({ 'application/json': body, ...(line && { 'application/x-ndjson': line }) })) },
    ]),
    ...problems.map((status) => [String(status), { description: 'problem details', ...content({ 'application/problem+json': Problem }) }]),
  ]);
  return {
    parse: 'none' as const,
    detail: {
      summary,
      responses,
      ...(description !== undefined && { description }),
      ...(tags && { tags: [...tags] }),
      ...(parameters.length > 0 && { parameters }),
      ...(body && { requestBody: { required: true, ...content({ 'application/json': body }) } }),
    },
  };
}

function content(schemas: Readonly<Record<string, TSchema>>) {
  return { content: Object.fromEntries(Object.entries(schemas).map(([type, schema]) => [type, { schema }])) };
}

/** An OpenAPI document, as far as it is looked into. */
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { responses: Record<string, unknown>; security?: unknown }>>>>;
  components?: Record<string, unknown>;
}

/** What an interface is called in its document, and what is told there of all of its routes. */
export interface OpenApiInfo {
  readonly title: string;
  readonly amend?: (document: OpenApiDocument) => void;
}

/** Adds `/openapi.json`. The document is made when it is first asked for, so that starting does not pay for it. */
export function serveOpenApi<App extends Elysia>(app: App, info: OpenApiInfo): App {
  let document: Promise<unknown> | undefined;
  app.get(
    '/openapi.json',
    async () => {
      document ??= openApiDocument(app, info);
      return jsonResponse(200, await document);
    },
    { detail: { hide: true } },
  );
  return app;
}

/**
 * The OpenAPI document of an application. The plugin that makes it also adds a page whose script comes from a public CDN; it is therefore mounted in
 * an application of its own, which nothing serves.
 */
export async function openApiDocument(app: Elysia, { title, amend }: OpenApiInfo): Promise<unknown> {
  const { swagger } = await import('@elysiajs/swagger');
  // 3.1, because its schemas are JSON Schema, as TypeBox writes them (`const`, for one, is unknown to 3.0).
  const documentation = { openapi: '3.1.0', info: { title, version: '1', description: title } };
  const host = new Elysia().use(swagger({ path: '/page.html', specPath: '/document.json', documentation })).use(app);
  const answer = await host.handle(new Request('http://openapi.internal/document.json'));
  const document = (await answer.json()) as OpenApiDocument; // which is what the plugin answers
  amend?.(document);
  return document;
}

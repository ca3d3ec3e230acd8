import type { Static, TSchema } from '@sinclair/typebox';
import { check } from '../schema/check.ts';

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly tookMs: number;
}

/** Something that the demo asked was answered in a way that ends its story. */
export class UnexpectedAnswerError extends Error {
  override readonly name = 'UnexpectedAnswerError';

  constructor(request: string, { status, text }: Answer) {
    super(`${request} answered ${status}: ${sentenceIn(text).slice(0, 600)}`);
  }
}

/** Both kinds of error bodies hold one sentence for a reader. */
function sentenceIn(text: string): string {
  const body = text.startsWith('{') ? JSON.parse(text) : {};
  const sentence: unknown = body.detail ?? body.message;
  return typeof sentence === 'string' ? sentence : text.trim();
}

export interface Asking {
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** @default 30 s */
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}

/** One request, whatever it is answered. */
export async function ask(method: 'GET' | 'POST', url: string, { body, headers = {}, timeoutMs = 30_000, signal }: Asking): Promise<Answer> {
  const start = performance.now();
  const response = await fetch(url, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  return { status: response.status, text: await response.text(), tookMs: performance.now() - start };
}

/** The answer's document. @throws UnexpectedAnswerError when it is no success, or another document */
export function documentIn<S extends TSchema>(schema: S, request: string, answer: Answer): Static<S> {
  if (answer.status >= 300) throw new UnexpectedAnswerError(request, answer);
  const document = check(schema, JSON.parse(answer.text));
  if (!document.ok) throw new UnexpectedAnswerError(request, answer);
  return document.value;
}

import type { EventHandler } from './invocation.ts';
import type { RuntimeApi } from './runtime-api.ts';

/**
 * Serves invocations one after another until the signal aborts. The first one is asked for before the handler is loaded, so that the function counts
 * as started while it still reads its code. @throws what `load` throws, and when the Runtime API cannot be reached
 */
export async function serveInvocations(api: RuntimeApi, load: () => Promise<EventHandler>, signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const waiting = AbortSignal.any([signal, stop.signal]);
  let next = api.next(waiting);
  next.catch(() => undefined); // told below, where it is awaited
  const handler = await load().catch((err: unknown) => {
    stop.abort();
    throw err;
  });
  for (;;) {
    const invocation = await next.catch((err: unknown) => {
      if (signal.aborted) return undefined;
      throw err;
    });
    if (invocation === undefined) return;
    try {
      await api.respond(invocation.requestId, await handler.handle(invocation));
    } catch (err) {
      handler.failed(err);
      await api.fail(invocation.requestId, err);
    }
    if (signal.aborted) return;
    next = api.next(waiting);
  }
}

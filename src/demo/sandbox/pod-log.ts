import type { Container, ContainerStatus } from 'kubernetes-types/core/v1';
import type { Stored } from './kinds.ts';
import type { Change, ObjectStore } from './object-store.ts';
import { badRequest } from './status-error.ts';

interface Line {
  readonly at: Date;
  readonly text: string;
}

/**
 * The log of a container as a kubelet tells it, with its refusals. No container runs here, so it says what would have been started. With `follow=true`
 * it goes on, without a word, until the pod is gone, the reader is, or `signal` aborts.
 */
export function podLog(store: ObjectStore, pod: Stored<'Pod'>, query: URLSearchParams, signal: AbortSignal): Response {
  const name = query.get('container') ?? '';
  const container = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].find((one) => one.name === name);
  if (container === undefined) throw badRequest(`container ${name} is not valid for pod ${pod.metadata.name}`);
  const status = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])].find((one) => one.name === name);
  if (query.get('previous') === 'true') throw badRequest(`previous terminated container "${name}" in pod "${pod.metadata.name}" not found`);
  const startedAt = startOf(status);
  if (startedAt === undefined) {
    throw badRequest(
      `container "${name}" in pod "${pod.metadata.name}" is waiting to start: ${status?.state?.waiting?.reason ?? 'ContainerCreating'}`,
    );
  }
  const lines = selected(linesOf(container, new Date(startedAt)), query);
  const text = lines.map((line) => `${query.get('timestamps') === 'true' ? `${line.at.toISOString()} ` : ''}${line.text}\n`).join('');
  const headers = { 'content-type': 'text/plain' };
  return new Response(query.get('follow') === 'true' ? untilGone(store, pod, text, signal) : text, { headers });
}

function startOf(status: ContainerStatus | undefined): string | undefined {
  return status?.state?.running?.startedAt ?? status?.state?.terminated?.startedAt;
}

/** One a second from its start on. */
function linesOf({ name, image = '', command = [], args = [], ports = [] }: Container, startedAt: Date): readonly Line[] {
  const texts = [
    `the sandbox runs no containers; ${name} would run ${image}`,
    ...(command.length + args.length > 0 ? [`with ${[...command, ...args].join(' ')}`] : []),
    ...ports.map(({ containerPort }) => `listening on port ${containerPort}`),
    'ready',
  ];
  return texts.map((text, n) => ({ at: new Date(startedAt.getTime() + n * 1000), text }));
}

function selected(lines: readonly Line[], query: URLSearchParams): readonly Line[] {
  const seconds = query.get('sinceSeconds');
  const time = query.get('sinceTime');
  const since = seconds === null ? Date.parse(time ?? '1970-01-01') : Date.now() - Number(seconds) * 1000;
  const recent = lines.filter(({ at }) => at.getTime() >= since);
  const tail = Number(query.get('tailLines') ?? recent.length);
  return tail === 0 ? [] : recent.slice(-tail);
}

function untilGone(store: ObjectStore, { metadata }: Stored<'Pod'>, text: string, signal: AbortSignal): ReadableStream<Uint8Array> {
  let end = () => {};
  return new ReadableStream({
    start: (controller) => {
      if (text !== '') controller.enqueue(new TextEncoder().encode(text));
      const close = () => {
        end();
        controller.close();
      };
      const unsubscribe = store.onChange(({ type, object }: Change) => {
        if (type === 'DELETED' && object.metadata.uid === metadata.uid) close();
      });
      signal.addEventListener('abort', close);
      end = () => {
        unsubscribe();
        signal.removeEventListener('abort', close);
      };
    },
    cancel: () => end(),
  });
}

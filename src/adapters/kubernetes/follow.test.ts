import { afterEach, describe, expect, test } from 'bun:test';
import { pino } from 'pino';
import { waitFor } from '../../../test/support/wait-for.ts';
import { KINDS, type Kind } from '../../deployer/kinds.ts';
import type { KubeObject, ObjectSink } from '../../deployer/ports.ts';
import { credentialsFrom } from './credentials.ts';
import { kubernetesFollower } from './follow.ts';
import { createTransport } from './transport.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** A kube-apiserver that does what each test tells it: it answers lists with what `objects` holds, and watches as `watch` says. */
class Script {
  objects: object[] = [];
  version = 10;
  lists = 0;
  readonly watches: { readonly from: string; send(event: object): void; end(): void; fail(): void; garble(): void }[] = [];
  /** When watches were refused. */
  readonly refusals: number[] = [];
  retryAfter: string | undefined;
  watchStatus = 200;
  listStatus = 200;
  listMessage = 'no';
  /** The kinds, in the plural, whose lists are never answered. */
  readonly hanging = new Set<string>();

  answer(request: Request): Response | Promise<Response> {
    const { searchParams: query, pathname } = new URL(request.url);
    if (query.get('watch') === null) {
      this.lists += 1;
      if (this.hanging.has(pathname.split('/').at(-1) ?? '')) return new Promise(() => {});
      if (this.listStatus !== 200) return Response.json({ kind: 'Status', reason: 'X', message: this.listMessage }, { status: this.listStatus });
      return Response.json({ kind: 'List', metadata: { resourceVersion: String(this.version) }, items: this.objects });
    }
    if (this.watchStatus !== 200) {
      this.refusals.push(performance.now());
      const headers = { ...(this.retryAfter !== undefined && { 'retry-after': this.retryAfter }) };
      return Response.json({ kind: 'Status', reason: 'X', message: 'not now' }, { status: this.watchStatus, headers });
    }
    const from = query.get('resourceVersion') ?? '';
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode('\n'));
        this.watches.push({
          from,
          send: (event) => controller.enqueue(new TextEncoder().encode(`${JSON.stringify(event)}\n`)),
          end: () => controller.close(),
          fail: () => controller.error(new Error('broken')),
          garble: () => controller.enqueue(new TextEncoder().encode('{"type":"MODI\n')),
        });
      },
    });
    return new Response(stream);
  }
}

function object(name: string, version: number): KubeObject {
  return { metadata: { name, resourceVersion: String(version) } };
}

class Recorder implements ObjectSink {
  readonly told: string[] = [];
  alives = 0;
  denied?: () => void;
  relist() {
    const names: string[] = [];
    return {
      page: (objects: readonly KubeObject[]) => void names.push(...objects.map(({ metadata }) => metadata.name)),
      complete: (version: string) => void this.told.push(`replaced ${names.join('+')} @${version}`),
    };
  }
  changed({ metadata }: KubeObject): void {
    this.told.push(`changed ${metadata.name}`);
  }
  gone({ metadata }: KubeObject): void {
    this.told.push(`gone ${metadata.name}`);
  }
  alive(): void {
    this.alives += 1;
  }
}

function follow(options: { readonly silenceMs?: number; readonly notServedMs?: number; readonly listIdleMs?: number } = {}, script = new Script()) {
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', idleTimeout: 0, fetch: (request) => script.answer(request) });
  const cluster = { server: `http://127.0.0.1:${server.port}`, 'insecure-skip-tls-verify': true };
  const text = JSON.stringify({
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user: {} }],
  });
  const transport = createTransport({ credentials: credentialsFrom({ from: 'text', text }), tries: 1 });
  const follower = kubernetesFollower(transport, 'apps', { log: pino({ level: 'silent' }), firstWaitMs: 5, longestWaitMs: 20, ...options });
  const recorder = new Recorder();
  const ending = new AbortController();
  const followed = (kind: Kind, sink: ObjectSink) =>
    follower.follow({ kind, resource: KINDS[kind], labelSelector: 'external-id' }, sink, ending.signal);
  const ended = followed('Pod', recorder);
  stops.push(
    () => server.stop(true),
    async () => {
      ending.abort();
      await ended;
    },
  );
  const told = (what: string) => waitFor(() => recorder.told.includes(what), { timeoutMs: 60_000, everyMs: 5, what: `"${what}" to be told` });
  const watching = (count: number) => waitFor(() => script.watches[count - 1], { timeoutMs: 60_000, everyMs: 5, what: `watch ${count}` });
  return { script, recorder, told, watching, ending, ended, followed };
}

describe('a follower', () => {
  test('tells what is there and then every change in order', async () => {
    const { script, recorder, told, watching } = follow();
    script.objects = [object('a', 9)];
    const watch = await watching(1);
    watch.send({ type: 'MODIFIED', object: object('a', 11) });
    watch.send({ type: 'ADDED', object: object('b', 12) });
    watch.send({ type: 'DELETED', object: object('a', 13) });
    await told('gone a');
    expect(recorder.told.slice(1)).toEqual(['changed a', 'changed b', 'gone a']);
  });

  test('goes on from the last version when the watch ends, bookmarks counted, without another list', async () => {
    const { script, watching } = follow();
    const first = await watching(1);
    first.send({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '77' } } });
    first.end();
    const second = await watching(2);
    expect([second.from, script.lists]).toEqual(['77', 1]);
  });

  test('lists anew when its version has expired, whether in the answer or in the stream', async () => {
    const { script, told, watching } = follow();
    const first = await watching(1);
    script.version = 50;
    first.send({ type: 'ERROR', object: { kind: 'Status', code: 410, message: 'too old' } });
    await told('replaced  @50');
    const second = await watching(2);
    script.watchStatus = 410;
    script.version = 60;
    second.end();
    await told('replaced  @60');
    script.watchStatus = 200;
    await watching(3);
  });

  test('goes on from where it was when the connection breaks, without another list', async () => {
    const { script, told, watching } = follow();
    const first = await watching(1);
    first.send({ type: 'MODIFIED', object: object('a', 11) });
    await told('changed a');
    first.fail();
    const second = await watching(2);
    expect([second.from, script.lists]).toEqual(['11', 1]);
  });

  test('leaves a kube-apiserver that has too much to do alone for as long as it asks, and then does not ask it for everything', async () => {
    const { script, told, watching } = follow();
    const first = await watching(1);
    script.watchStatus = 429;
    script.retryAfter = '1';
    first.end();
    await waitFor(() => script.refusals.length >= 2, { timeoutMs: 60_000, everyMs: 5, what: 'two refusals' });
    const [one = 0, two = 0] = script.refusals;
    expect(two - one).toBeGreaterThanOrEqual(1_000);
    script.watchStatus = 200;
    const second = await watching(2);
    second.send({ type: 'ADDED', object: object('b', 12) });
    await told('changed b');
    expect(script.lists).toBe(1);
  });

  test('lists again and again where watches go on failing', async () => {
    const { script, told, watching } = follow();
    const first = await watching(1);
    script.watchStatus = 503;
    script.version = 70;
    first.end();
    await told('replaced  @70');
    script.version = 80;
    await told('replaced  @80');
  });

  test('lists anew when what it hears makes no sense', async () => {
    const { script, told, watching } = follow();
    const first = await watching(1);
    script.objects = [object('new', 90)];
    script.version = 90;
    first.garble();
    await told('replaced new @90');
  });

  test('does not trust a silent watch', async () => {
    const { watching } = follow({ silenceMs: 40 });
    await watching(1);
    await watching(2);
  });

  test('comes back when the kube-apiserver does', async () => {
    const { script, recorder, told, watching } = follow();
    const first = await watching(1);
    script.listStatus = 500;
    first.garble();
    await waitFor(() => script.lists >= 3, { timeoutMs: 60_000, everyMs: 5, what: 'tries' });
    expect(recorder.told).toHaveLength(1);
    script.listStatus = 200;
    script.version = 99;
    await told('replaced  @99');
  });

  test('tells a kind that is not served as empty, and asks again later', async () => {
    const { script, recorder, told } = follow({ notServedMs: 10 });
    script.listStatus = 404;
    await waitFor(() => script.lists >= 3, { timeoutMs: 60_000, everyMs: 5, what: 'tries' });
    expect(new Set(recorder.told)).toContain('replaced  @0');
    script.listStatus = 200;
    script.objects = [object('late', 9)];
    await told('replaced late @10');
  });

  test('lists other kinds while the list of one is never answered', async () => {
    const script = new Script();
    script.hanging.add('pods');
    const { recorder, ending, ended, followed } = follow({ listIdleMs: 20 }, script);
    await waitFor(() => script.lists === 1, { timeoutMs: 60_000, everyMs: 5, what: 'the list that hangs' });
    const others = [new Recorder(), new Recorder()];
    const endings = [followed('Service', others[0] ?? recorder), followed('Deployment', others[1] ?? recorder)];
    await waitFor(() => others.every(({ told }) => told.length === 1), { timeoutMs: 5_000, everyMs: 5, what: 'the lists of the others' });
    expect(recorder.told).toEqual([]);
    ending.abort();
    await Promise.all([ended, ...endings]);
  });

  test('ends when nobody wants to know any more', async () => {
    const { watching, ending, ended } = follow();
    await watching(1);
    ending.abort();
    await ended;
  });

  test('says that it may not look, to whoever can do without, and asks again later', async () => {
    const { script, recorder, told } = follow({ notServedMs: 20 });
    recorder.denied = () => void recorder.told.push('denied');
    script.listStatus = 403;
    script.listMessage = 'pods is forbidden: User "u" cannot list resource "pods" in API group "" in the namespace "apps"';
    await told('denied');
    script.objects = [object('a', 9)];
    script.listStatus = 200;
    await told('replaced a @10');
  });
});

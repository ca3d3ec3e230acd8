import { afterEach, expect, test } from 'bun:test';
import { createNarrator } from './narrator.ts';
import { follow } from './sightings.ts';
import { tellSightings } from './tell-sightings.ts';

const status = (external_id: string, phase: string) => ({
  external_id,
  phase,
  containers: [],
  url_ready: phase === 'running',
  attempt: 1,
  spec_hash: '',
  observed_at: '2026-03-01T12:00:00Z',
  revision: '1',
});

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
});

/** A deployer that gives these answers to its list, one a request, and then has nothing new. */
function start(...answers: readonly (object | 500)[]) {
  const left = [...answers];
  const asked: string[] = [];
  const ending = new AbortController();
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async ({ url }) => {
      asked.push(new URL(url).search);
      const next = left.shift();
      if (next === undefined) await new Promise((resolve) => ending.signal.addEventListener('abort', resolve));
      return next === undefined || next === 500 ? new Response(null, { status: 500 }) : Response.json(next);
    },
  });
  const parts: string[] = [];
  const narrator = createNarrator({ write: (part) => void parts.push(part), isColoured: false, now: () => 0 });
  const cluster = { name: 'east', deployerUrl: `http://127.0.0.1:${server.port}` };
  const sightings = follow(
    [cluster],
    tellSightings(narrator, (id) => `<${id}>`),
    ending.signal,
  );
  ends.push(async () => {
    ending.abort();
    await sightings.ended;
    await server.stop(true);
  });
  const words = () =>
    parts
      .join('')
      .split('\n')
      .map((line) => line.slice(9).trim().replaceAll(/\s+/g, ' '))
      .filter((line) => line !== '');
  return { sightings, asked, words };
}

const never = new AbortController().signal;

test('each phase of an analysis is told once, and its end', async () => {
  const { sightings, words } = start(
    { revision: 'a.1', full: true, items: [status('one', 'incomplete')], removed: [] },
    { revision: 'a.2', full: false, items: [status('one', 'pending')], removed: [] },
    { revision: 'a.3', full: false, items: [status('one', 'pending')], removed: [] },
    { revision: 'a.4', full: false, items: [status('one', 'running')], removed: [] },
    { revision: 'a.5', full: false, items: [], removed: ['one'] },
  );
  await sightings.until(({ status: now }) => now === undefined, 'the end', 5000, never);
  expect(words()).toEqual(['starting <one> on east', 'running <one> on east', 'pod , 0 containers ready', 'gone nothing of <one> is left on east']);
  expect(sightings.isPresent('one')).toBe(false);
});

test('it asks for what changed since, and anew when the deployer starts anew', async () => {
  const { sightings, asked } = start({ revision: 'a.1', full: true, items: [status('one', 'running')], removed: [] }, 500, {
    revision: 'b.1',
    full: true,
    items: [status('two', 'running')],
    removed: [],
  });
  await sightings.until(({ external_id }) => external_id === 'two', 'two', 5000, never);
  expect(sightings.isPresent('one')).toBe(false);
  expect(asked.slice(0, 3)).toEqual(['?wait=20', '?wait=20&since=a.1', '?wait=20&since=a.1']);
});

test('waiting ends with its limit, and with its signal', async () => {
  const { sightings } = start();
  await expect(sightings.until(() => true, 'a miracle', 10, never)).rejects.toThrow('in vain for a miracle');
  await expect(sightings.until(() => true, 'a miracle', 5000, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
});

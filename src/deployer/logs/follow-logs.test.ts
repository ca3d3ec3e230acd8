import { expect, test } from 'bun:test';
import { factsFor, running } from '../../../test/support/cluster-objects-of.ts';
import { NotFoundError, UnavailableError } from '../../errors/errors.ts';
import type { LogRecord } from '../../schema/logs.ts';
import type { View } from '../observe/view.ts';
import { followLogs } from './follow-logs.ts';
import type { LogSource } from './ports.ts';

const query = { container: 'analysis', previous: false, timestamps: false };
const head = { pod: 'x1-pod', container: 'analysis', since_time: '1772366400' };

function view(): View {
  const facts = factsFor(running);
  const [first] = facts;
  if (first === undefined) throw new Error('a view holds something');
  return { external_id: first.external_id, facts };
}

/** A log that a test writes, and everybody who takes part in following it. */
function stage(opening: Promise<void> = Promise.resolve(), heartbeatMs = 60_000, longestMs = 60_000, lastWordsMs = 60_000) {
  const pipe = new TransformStream<string, Uint8Array>({
    transform: (text, controller) => controller.enqueue(new TextEncoder().encode(text)),
  });
  const writer = pipe.writable.getWriter();
  let asked: AbortSignal | undefined;
  const logs: LogSource = {
    open: async (_, signal) => {
      asked = signal;
      signal.addEventListener('abort', () => void writer.abort(signal.reason).catch(() => {}));
      await opening;
      return pipe.readable;
    },
  };
  const pod = Promise.withResolvers<boolean>();
  const observer = { untilPodGone: () => pod.promise };
  const reader = new AbortController();
  const ending = new AbortController();
  let ends = 0;
  const now = () => new Date('2026-03-01T12:00:00.500Z');
  const deps = { logs, observer, now, heartbeatMs, longestMs, lastWordsMs, openingMs: 20 };
  const follow = async () => {
    const records = await followLogs(deps, view(), query, { signal: reader.signal, ending: ending.signal }, () => {
      ends += 1;
    });
    return records[Symbol.asyncIterator]();
  };
  return { writer, reader, ending, follow, podGoes: () => pod.resolve(true), isStopped: () => asked?.aborted, ends: () => ends };
}

async function next(records: AsyncIterator<readonly LogRecord[]>): Promise<readonly LogRecord[] | 'over'> {
  const { done, value } = await records.next();
  return done ? 'over' : value;
}

test('what is read is told first, then the lines, and at the end that it ended', async () => {
  const { writer, follow, isStopped, ends } = stage();
  const records = await follow();
  expect(await next(records)).toEqual([head]);
  void writer.write('one\ntwo\nthr');
  expect(await next(records)).toEqual([{ line: 'one' }, { line: 'two' }]);
  void writer.write('ee');
  void writer.close();
  expect(await next(records)).toEqual([{ line: 'three' }]);
  expect([isStopped(), ends()]).toEqual([false, 0]);
  expect([await next(records), await next(records)]).toEqual([[{ end: 'ended' }], 'over']);
  expect([isStopped(), ends()]).toEqual([true, 1]);
});

test('a silence is filled with heartbeats, and no line is lost by them', async () => {
  const { writer, follow } = stage(undefined, 5);
  const records = await follow();
  await next(records);
  for (let n = 0; n < 3; n += 1) expect(await next(records)).toEqual([{ heartbeat: '2026-03-01T12:00:00.500Z' }]);
  void writer.write('late\n');
  for (let told = await next(records); ; told = await next(records)) {
    if (told !== 'over' && told.some((record) => 'heartbeat' in record)) continue;
    expect(told).toEqual([{ line: 'late' }]);
    break;
  }
});

test('a log that says nothing at all begins all the same, and what comes late is told', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { writer, follow } = stage(promise, 5);
  const records = await follow();
  expect(await next(records)).toEqual([head]);
  expect(await next(records)).toEqual([{ heartbeat: expect.any(String) }]);
  void writer.write('first\n');
  resolve();
  const lines: (readonly LogRecord[] | 'over')[] = [];
  while (lines.length === 0) {
    const told = await next(records);
    if (told !== 'over' && told.every((record) => 'line' in record)) lines.push(told);
  }
  expect(lines).toEqual([[{ line: 'first' }]]);
});

test('a refusal in time is thrown, one that comes late is told at the end', async () => {
  const refused = stage(Promise.reject(new NotFoundError('no such pod')));
  await expect(refused.follow()).rejects.toThrow('no such pod');
  expect([refused.isStopped(), refused.ends()]).toEqual([true, 1]);

  const { promise, reject } = Promise.withResolvers<void>();
  const late = stage(promise);
  const records = await late.follow();
  await next(records);
  reject(new UnavailableError('the node is away'));
  expect([await next(records), await next(records)]).toEqual([[{ end: 'interrupted', message: 'the node is away' }], 'over']);
  expect(late.ends()).toBe(1);
});

test('a log that breaks off is interrupted, which is not the end', async () => {
  const { writer, follow, ends } = stage();
  const records = await follow();
  await next(records);
  void writer.abort(new UnavailableError('it broke off'));
  expect([await next(records), await next(records)]).toEqual([[{ end: 'interrupted', message: 'it broke off' }], 'over']);
  expect(ends()).toBe(1);
});

test('the log of a pod that is gone ends, also where the cluster keeps it open', async () => {
  const { follow, podGoes, isStopped, ends } = stage(undefined, 60_000, 60_000, 5);
  const records = await follow();
  await next(records);
  const last = next(records);
  podGoes();
  expect([await last, await next(records)]).toEqual([[{ end: 'ended' }], 'over']);
  expect([isStopped(), ends()]).toEqual([true, 1]);
});

test('what a pod wrote before it was gone is told, when it comes soon after', async () => {
  const { writer, follow, podGoes } = stage();
  const records = await follow();
  await next(records);
  podGoes();
  void writer.write('last words\n');
  void writer.close();
  expect([await next(records), await next(records)]).toEqual([[{ line: 'last words' }], [{ end: 'ended' }]]);
});

test('no request lasts for ever: a node that has died says no more than one that has nothing to say', async () => {
  const { follow, isStopped, ends } = stage(undefined, 60_000, 5);
  const records = await follow();
  await next(records);
  expect([await next(records), await next(records)]).toEqual([[{ end: 'interrupted', message: expect.stringContaining('ask again') }], 'over']);
  expect([isStopped(), ends()]).toEqual([true, 1]);
});

test('a deployer that is about to end says so, and stops the cluster', async () => {
  const { ending, follow, isStopped, ends } = stage();
  const records = await follow();
  await next(records);
  const last = next(records);
  ending.abort();
  expect([await last, await next(records)]).toEqual([[{ end: 'deployer_ending' }], 'over']);
  expect([isStopped(), ends()]).toEqual([true, 1]);
});

test('a reader who goes stops the cluster at once, also while nobody asks for records, or before the first', async () => {
  const gone = stage();
  const records = await gone.follow();
  await next(records);
  gone.reader.abort();
  expect([gone.isStopped(), gone.ends()]).toEqual([true, 1]);

  const early = stage();
  early.reader.abort();
  await early.follow().catch(() => 'refused');
  expect([early.isStopped(), early.ends()]).toEqual([true, 1]);
});

import { expect, test } from 'bun:test';
import { factsFor, running } from '../../../test/support/cluster-objects-of.ts';
import { UnavailableError } from '../../errors/errors.ts';
import type { View } from '../observe/view.ts';
import type { LogRequest, LogSource } from './ports.ts';
import { readLogs } from './read-logs.ts';

const query = { container: 'analysis', previous: false, timestamps: false };
const never = new AbortController().signal;
const now = () => new Date('2026-03-01T12:00:00.999Z');

function view(): View {
  const facts = factsFor(running);
  const [first] = facts;
  if (first === undefined) throw new Error('a view holds something');
  return { external_id: first.external_id, facts };
}

function source(pieces: () => AsyncIterable<Uint8Array>) {
  const requests: LogRequest[] = [];
  const logs: LogSource = {
    open: async (request) => {
      requests.push(request);
      return pieces();
    },
  };
  return { logs, requests };
}

async function* numbered(count: number) {
  for (let n = 0; n < count; n += 1) yield new TextEncoder().encode(`line ${n} ${'x'.repeat(1_000)}\n`);
}

test('of a log that is larger than an answer the newest lines are told, and that there were more', async () => {
  const { logs } = source(() => numbered(5_000));
  const { lines, truncated } = await readLogs({ logs, now }, view(), query, never);
  expect(truncated).toBe(true);
  expect(JSON.stringify(lines).length).toBeLessThanOrEqual(1024 * 1024 + 1);
  expect(lines.length).toBeGreaterThan(1_000);
  expect(lines.at(-1)).toStartWith('line 4999 ');
  expect(lines.at(0)).toStartWith(`line ${5_000 - lines.length} `);
});

test('the time to ask on from is that of the beginning: what is written meanwhile is told the next time', async () => {
  const { logs, requests } = source(() => numbered(1));
  const { since_time } = await readLogs({ logs, now }, view(), { ...query, tailLines: 7 }, never);
  expect(since_time).toBe(String(Date.UTC(2026, 2, 1, 12) / 1000));
  expect(requests).toEqual([{ pod: 'x1-pod', container: 'analysis', previous: false, timestamps: false, tailLines: 7, follow: false }]);
});

test('a log that breaks off is no answer', async () => {
  const { logs } = source(async function* () {
    yield* numbered(1);
    throw new UnavailableError('it broke off');
  });
  await expect(readLogs({ logs, now }, view(), query, never)).rejects.toThrow('it broke off');
});

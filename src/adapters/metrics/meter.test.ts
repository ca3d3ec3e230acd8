import { expect, test } from 'bun:test';
import { Meter } from './meter.ts';
import { counter, gauge, histogram } from './metric.ts';

const asked = counter('asked_total', 'How often', ['by']);
const took = histogram('took_seconds', 'How long');
const there = gauge('there', 'What there is', ['what']);
const used = counter('used_total', 'What somebody else counts');

test('what is counted before the package is loaded counts', async () => {
  const meter = new Meter([asked, took], () => {});
  for (const by of ['a', 'b', 'a']) meter.count(asked, { by });
  meter.observe(took, {}, 0.2);
  const { text } = await meter.exposition();
  expect(text).toContain('asked_total{by="a"} 2\n');
  expect(text).toContain('took_seconds_bucket{le="0.1"} 0\n');
  expect(text).toContain('took_seconds_bucket{le="0.25"} 1\n');
  meter.count(asked, { by: 'a' });
  expect((await meter.exposition()).text).toContain('asked_total{by="a"} 3\n');
});

test('what is there is told as it is when it is asked for, and what is gone is told no more', async () => {
  let things = ['cup', 'spoon'];
  const meter = new Meter([there, used], (set) => {
    for (const what of things) set(there, { what }, 1);
    set(used, {}, 7);
  });
  expect((await meter.exposition()).text).toContain('there{what="spoon"} 1\n');
  things = ['cup'];
  const { text } = await meter.exposition();
  expect(text).not.toContain('spoon');
  expect(text).toContain('used_total 7\n');
});

test('no value of a label breaks a line', async () => {
  const meter = new Meter([asked], () => {});
  meter.count(asked, { by: 'a"\n} 1\nforged 1' });
  const { text } = await meter.exposition();
  expect(text.split('\n').filter((line) => line.startsWith('forged'))).toEqual([]);
});

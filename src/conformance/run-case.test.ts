import { expect, test } from 'bun:test';
import { ContractBreachError } from './breach.ts';
import type { Bench, ConformanceCase } from './case.ts';
import { OwnAnalyses } from './own-analyses.ts';
import { type Ground, runCase } from './run-case.ts';
import { SAMPLE_SPEC } from './sample-spec.ts';

const LONG_MS = 60_000;
const never = new Promise<never>(() => {});
const signal = new AbortController().signal;

const ground = (): Ground => ({ deployer: { url: 'http://127.0.0.1:1' }, template: SAMPLE_SPEC, own: new OwnAnalyses() });
const caseOf = (run: (bench: Bench) => Promise<void>): ConformanceCase => ({ group: 'test', name: 'test', needs: [], run });

test('what a case did is undone in the opposite order, though it fails and an undoing fails', async () => {
  const undone: string[] = [];
  const failing = caseOf(async ({ afterwards }) => {
    afterwards(async () => void undone.push('first'));
    afterwards(() => Promise.reject(new Error('cannot be undone')));
    afterwards(async () => void undone.push('last'));
    throw new ContractBreachError('broken');
  });
  await expect(runCase(failing, ground(), LONG_MS, signal)).rejects.toThrow('broken');
  expect(undone).toEqual(['last', 'first']);
});

test('a case that does not heed its bound is ended by it, and what it did is undone', async () => {
  let isUndone = false;
  const endless = caseOf(async ({ afterwards }) => {
    afterwards(async () => {
      isUndone = true;
    });
    await never;
  });
  await expect(runCase(endless, ground(), 1, signal)).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(isUndone).toBe(true);
});

test('a case that is broken off ends, and says what it was broken off for', async () => {
  const controller = new AbortController();
  const endless = caseOf(() => {
    controller.abort(new Error('somebody pressed Ctrl-C'));
    return never;
  });
  await expect(runCase(endless, ground(), LONG_MS, controller.signal)).rejects.toThrow('somebody pressed Ctrl-C');
});

test('of a case that looks at the cluster and may not, it is known that it did not', async () => {
  const blind = caseOf(async ({ cluster }) => expect(cluster).toBeUndefined());
  expect(await runCase(blind, ground(), LONG_MS, signal)).toEqual({ lookedAway: true });
  expect(
    await runCase(
      caseOf(async () => {}),
      ground(),
      LONG_MS,
      signal,
    ),
  ).toEqual({ lookedAway: false });
});

test('the analyses of two runs have nothing in common, and any of them can be a name in Kubernetes', () => {
  const ids = [new OwnAnalyses(), new OwnAnalyses()].flatMap((own) => [own.newId(), own.newId()]);
  expect(new Set(ids).size).toBe(4);
  for (const id of ids) expect(id).toMatch(/^conformance-[0-9a-f]{8}-[0-9a-f]{12}$/);
});

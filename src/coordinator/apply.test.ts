import { expect, test } from 'bun:test';
import {
  ClusterFullError,
  ClusterMisconfiguredError,
  ConflictError,
  DeployerUnreachableError,
  OverloadedError,
  SpecRefusedError,
  TerminatingError,
  UnavailableError,
} from '../errors/errors.ts';
import type { ExternalId } from '../schema/ids.ts';
import { apply } from './apply.ts';
import { PATIENCE } from './patience.ts';
import type { Apply, Deployer, Observed } from './ports.ts';

const external_id = 'a1' as ExternalId; // a DNS label, which is all that the brand promises
const request: Apply = { external_id, spec: '{}', spec_hash: 'abc', attempt: 2 };
const ours: Observed = { external_id, phase: 'pending', attempt: 2, spec_hash: 'abc' };
const patience = { ...PATIENCE, fenceMs: 120 };
const signal = new AbortController().signal;

type Script = { readonly [Call in keyof Deployer]?: readonly (Awaited<ReturnType<Deployer[Call]>> | Error | undefined)[] };

/** Answers each call with the next line of its script, the last one again and again; and remembers the calls. */
function scripted(script: Script) {
  const calls: string[] = [];
  const next = (call: keyof Deployer, told: string) => {
    calls.push(told);
    const lines = script[call] ?? [];
    const line = lines[Math.min(calls.filter((made) => made.startsWith(call)).length, lines.length) - 1];
    return line instanceof Error ? Promise.reject(line) : Promise.resolve(line);
  };
  // Each script is typed by its call, so the line is what the call gives.
  const deployer = {
    apply: () => next('apply', 'apply'),
    status: () => next('status', 'status'),
    remove: (lease: { attempt: number }, { fence }: { fence: boolean }) => next('remove', `remove ${lease.attempt}${fence ? ' fence' : ''}`),
  } as Deployer;
  return { deployer, calls };
}

function run(script: Script, busyMs = 0) {
  const { deployer, calls } = scripted(script);
  return { result: apply(deployer, request, patience, performance.now() + busyMs, signal), calls };
}

const gone = { external_id, gone: true, left: [] };
const lost = new UnavailableError('no answer');

for (const refusal of [
  new SpecRefusedError('no'),
  new ClusterFullError('no'),
  new ClusterMisconfiguredError('no'),
  new DeployerUnreachableError('no'),
  new OverloadedError('no'),
]) {
  test(`a refusal leaves nothing to ask for: ${refusal.name}`, async () => {
    const { result, calls } = run({ apply: [refusal] });
    expect(await result).toEqual({ is: 'clear', refusal, isFenced: false });
    expect(calls).toEqual(['apply']);
  });
}

test('an apply without an answer that was carried out is a success, and nothing is removed', async () => {
  const { result, calls } = run({ apply: [lost], status: [ours] });
  expect(await result).toEqual({ is: 'applied' });
  expect(calls).toEqual(['apply', 'status']);
});

const notOurs: Record<string, Observed | Error | undefined> = {
  'nothing is there': undefined,
  'it is not complete': { ...ours, phase: 'incomplete' },
  'it is being removed': { ...ours, phase: 'terminating' },
  'it is another spec': { ...ours, spec_hash: 'def' },
  'it is an earlier attempt': { ...ours, attempt: 1 },
  'the deployer does not say': lost,
};
for (const [why, status] of Object.entries(notOurs)) {
  test(`an apply without an answer is fenced with its own attempt when ${why}`, async () => {
    const { result, calls } = run({ apply: [lost], status: [status], remove: [gone] });
    expect(await result).toEqual({ is: 'clear', refusal: lost, isFenced: true });
    expect(calls).toEqual(['apply', 'status', 'remove 2 fence']);
  });
}

test('something else under the same id is removed before another cluster is tried', async () => {
  const conflict = new ConflictError('another spec');
  const { result, calls } = run({ apply: [conflict], status: [{ ...ours, spec_hash: 'def' }], remove: [gone] });
  expect(await result).toEqual({ is: 'clear', refusal: conflict, isFenced: true });
  expect(calls).toContain('remove 2 fence');
});

test('a fence that is not confirmed at once is tried again', async () => {
  const { result } = run({ apply: [lost], status: [lost], remove: [lost, gone] });
  expect(await result).toEqual({ is: 'clear', refusal: lost, isFenced: true });
});

test('a fence counts only when a removal finds nothing left, not when the removal has begun', async () => {
  const ending = { ...ours, phase: 'terminating' as const };
  const { result, calls } = run({ apply: [lost], status: [ending, ending, undefined], remove: [{ ...gone, gone: false }, gone] });
  expect(await result).toEqual({ is: 'clear', refusal: lost, isFenced: true });
  expect(calls).toEqual(['apply', 'status', 'remove 2 fence', 'status', 'status', 'remove 2 fence']);
});

test('what does not end before the time is over stays unknown', async () => {
  const { result } = run({ apply: [lost], status: [{ ...ours, phase: 'terminating' }], remove: [{ ...gone, gone: false }] });
  await expect(result).rejects.toBeInstanceOf(UnavailableError);
});

test('without a confirmed fence the outcome stays unknown', async () => {
  const { result } = run({ apply: [lost], status: [lost], remove: [lost] });
  await expect(result).rejects.toBeInstanceOf(UnavailableError);
});

test('a former life that is still ending is waited for', async () => {
  const { result, calls } = run({ apply: [new TerminatingError('wait'), new TerminatingError('wait'), ours] }, 5_000);
  expect(await result).toEqual({ is: 'applied' });
  expect(calls).toEqual(['apply', 'apply', 'apply']);
});

test('a former life that does not end keeps the analysis from every other cluster', async () => {
  const { result } = run({ apply: [new TerminatingError('wait')] }, 100);
  await expect(result).rejects.toBeInstanceOf(UnavailableError);
});

test('a deployer that goes away while a former life ends in its cluster is not passed over', async () => {
  const away = new DeployerUnreachableError('away');
  const { result } = run({ apply: [new TerminatingError('wait'), away], status: [away], remove: [away] }, 5_000);
  await expect(result).rejects.toBeInstanceOf(UnavailableError);
});

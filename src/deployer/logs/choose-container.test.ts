import { describe, expect, test } from 'bun:test';
import { factsFor, objectsOf, type Part } from '../../../test/support/cluster-objects-of.ts';
import { NotFoundError, NotStartedError } from '../../errors/errors.ts';
import type { View } from '../observe/view.ts';
import { chooseContainer } from './choose-container.ts';

const container = (name: string, state: object, restartCount = 0) => ({ name, ready: false, restartCount, state });
const running = container('analysis', { running: {} });

interface PodOf {
  readonly createdAt?: string;
  readonly isGoing?: boolean;
  readonly status?: object;
}

function pod(name: string, containers: readonly object[], { createdAt = '2026-03-01T12:00:00Z', isGoing = false, status = {} }: PodOf = {}): Part {
  const { kind, object } = objectsOf.pod({ containers });
  const times = { creationTimestamp: createdAt, ...(isGoing && { deletionTimestamp: '2026-03-01T13:00:00Z' }) };
  const metadata = { ...object.metadata, name, ...times };
  return { kind, object: { ...object, metadata, status: Object.assign({}, object['status'], status) } };
}

function choose(pods: readonly Part[], wanted: { pod?: string; container?: string; previous?: boolean } = {}) {
  const [anchor] = factsFor([objectsOf.anchor()]);
  if (anchor === undefined) throw new Error('an anchor is a fact');
  const view: View = { external_id: anchor.external_id, facts: [anchor, ...factsFor(pods)] };
  try {
    return chooseContainer(view, { container: 'analysis', previous: false, ...wanted });
  } catch (err) {
    return err;
  }
}

describe('of several pods', () => {
  const old = pod('old', [running], { createdAt: '2026-03-01T11:00:00Z' });
  const newer = pod('newer', [running]);
  const going = pod('going', [running], { createdAt: '2026-03-01T12:30:00Z', isGoing: true });

  test('the newest is meant that is not on its way out, whatever their order', () => {
    for (const pods of [
      [old, newer, going],
      [going, newer, old],
    ]) {
      expect(choose(pods)).toEqual({ pod: 'newer', container: 'analysis' });
    }
  });

  test('one that is on its way out is read while there is no other', () => {
    expect(choose([going])).toEqual({ pod: 'going', container: 'analysis' });
  });

  test('any may be named, and one that is not there is told with those that are', () => {
    expect(choose([old, newer], { pod: 'old' })).toEqual({ pod: 'old', container: 'analysis' });
    const err = choose([old, newer], { pod: 'x' });
    expect(err).toBeInstanceOf(NotFoundError);
    expect(err).toMatchObject({ message: 'x1 has no pod x; it has newer, old', details: { pods: ['newer', 'old'] } });
  });
});

describe('what has no log yet may be asked for again, and says what it waits for', () => {
  const cases: Readonly<Record<string, readonly [readonly Part[], string]>> = {
    'no pod': [[], 'x1 has no pod yet'],
    'no node': [
      [pod('p', [], { status: { conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes fit' }] } })],
      'p waits for a node: 0/3',
    ],
    'a node that did not start it': [
      [pod('p', [], { status: { conditions: [{ type: 'PodScheduled', status: 'True' }] } })],
      'p waits for its node to start it',
    ],
    'an image that cannot be pulled': [
      [pod('p', [container('analysis', { waiting: { reason: 'ErrImagePull', message: 'no such image' } })])],
      'analysis of p has not started: ErrImagePull: no such image',
    ],
    'init containers that still run': [[pod('p', [container('analysis', { waiting: {} })])], 'analysis of p has not started: no reason is told'],
  };
  for (const [name, [pods, message]] of Object.entries(cases)) {
    test(name, () => {
      const err = choose(pods);
      expect(err).toBeInstanceOf(NotStartedError);
      expect(err).toMatchObject({ message: expect.stringContaining(message), retryable: true, retryAfterSeconds: 2 });
    });
  }
});

test('a pod that was evicted before anything ran has no log, and says why', () => {
  const err = choose([pod('p', [], { status: { phase: 'Failed', reason: 'Evicted', message: 'the node was low on memory' } })]);
  expect(err).toBeInstanceOf(NotFoundError);
  expect(String(err)).toContain('Evicted: the node was low on memory');
});

test('a container that ended has a log, and so has one that waits for its next start, of the life before as well', () => {
  const target = { pod: 'p', container: 'analysis' };
  expect(choose([pod('p', [container('analysis', { terminated: { exitCode: 1 } })])])).toEqual(target);
  const crashing = [pod('p', [container('analysis', { waiting: { reason: 'CrashLoopBackOff' } }, 3)])];
  expect(choose(crashing)).toEqual(target);
  expect(choose(crashing, { previous: true })).toEqual(target);
});

test('a container that is not in the pod, or never had an earlier life, is not found', () => {
  expect(choose([pod('p', [running])], { container: 'x' })).toMatchObject({ code: 'not_found', details: { containers: ['analysis'] } });
  expect(choose([pod('p', [running])], { previous: true })).toMatchObject({ code: 'not_found', message: expect.stringContaining('never restarted') });
});

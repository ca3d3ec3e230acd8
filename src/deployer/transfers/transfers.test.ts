import { expect, test } from 'bun:test';
import { objectsOf } from '../../../test/support/cluster-objects-of.ts';
import type { ExternalId } from '../../schema/ids.ts';
import { ObjectChangedError } from '../errors.ts';
import type { KubeObject, Kubernetes } from '../ports.ts';
import type { ProgramRequest } from './ports.ts';
import { startTransfer, transferState } from './transfers.ts';

const id = 'x1' as ExternalId; // a label, as the schema asks for
const never = new AbortController().signal;
const unused = (): never => {
  throw new Error('transfers do not ask this');
};

/** A cluster with one anchor, whose Deployment has a program, and a clock that a test moves. */
function stage() {
  let anchor = objectsOf.anchor().object;
  let version = 1;
  let now = Date.parse('2026-03-01T12:00:00Z');
  const asked: ProgramRequest[] = [];
  const deployment: KubeObject = { metadata: { name: 'x1' }, spec: { template: { spec: { containers: [{ name: 'input-files' }] } } } };
  const kubernetes: Kubernetes = {
    create: unused,
    apply: unused,
    remove: unused,
    list: unused,
    ping: unused,
    find: async ({ kind }) => (kind === 'ConfigMap' ? anchor : deployment),
    replace: async (manifest) => {
      if (manifest.metadata.resourceVersion !== anchor.metadata.resourceVersion) throw new ObjectChangedError('changed since');
      version += 1;
      anchor = { ...manifest, metadata: { ...manifest.metadata, resourceVersion: `v${version}` } };
      return anchor;
    },
  };
  const uuid = () => `8f14e45f-ceea-467f-a8f2-${String(asked.length).padStart(12, '0')}`;
  const answers = { next: () => ({ status: 200, body: JSON.stringify({ uuid: uuid(), status: 'requested' }) }) };
  const transfers = {
    ask: async (_: ExternalId, request: ProgramRequest) => {
      asked.push(request);
      return answers.next();
    },
  };
  const deps = { kubernetes, transfers, now: () => new Date(now) };
  return {
    deps,
    asked,
    answers,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

test('a start that was cut off counts as under way for half a minute, and then as lost: the next request starts another', async () => {
  const { deps, asked, answers, pass } = stage();
  const answer = answers.next;
  answers.next = () => ({ status: 500, body: '' });
  await expect(startTransfer(deps, id, 'upload')).rejects.toThrow('answered 500');
  answers.next = answer;
  expect(await transferState(deps, id, 'upload', never)).toMatchObject({ status: 'requested' });
  pass(30_001);
  expect(await transferState(deps, id, 'upload', never)).toMatchObject({ status: 'lost' });
  expect(asked).toHaveLength(1);
  expect(await startTransfer(deps, id, 'upload')).toMatchObject({ status: 'requested', uuid: expect.stringMatching(/2$/) });
});

test('a record that never begins fails after a minute, and the next request starts another', async () => {
  const { deps, answers, pass } = stage();
  const { uuid } = await startTransfer(deps, id, 'upload');
  const stuck = { status: 200, body: JSON.stringify({ uuid, status: 'requested' }) };
  answers.next = () => stuck;
  expect((await startTransfer(deps, id, 'upload')).uuid).toBe(uuid);
  pass(60_000);
  expect(await transferState(deps, id, 'upload', never)).toMatchObject({ uuid, status: 'failed' });
  const other = '8f14e45f-ceea-467f-a8f2-ffffffffffff';
  let asks = 0;
  answers.next = () => {
    asks += 1;
    return asks === 1 ? stuck : { status: 200, body: JSON.stringify({ uuid: other, status: 'requested' }) };
  };
  expect((await startTransfer(deps, id, 'upload')).uuid).toBe(other);
});

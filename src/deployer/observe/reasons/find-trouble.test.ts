import { describe, expect, test } from 'bun:test';
import { everything, factsFor, type Part } from '../../../../test/support/cluster-objects-of.ts';
import { type Cause, causes, podsOf, type Recorded } from '../../../../test/support/recorded-causes.ts';
import type { KubeObject } from '../../ports.ts';
import { statusOf } from '../status.ts';
import type { View } from '../view.ts';
import { type Warning, warningOf } from '../warnings.ts';
import { REASON_GROUPS } from './find-trouble.ts';
import { statusReference } from './reference.ts';

const now = new Date('2026-03-01T12:00:00Z');

function partsOf(cause: Cause): readonly Part[] {
  const { deployment, failure, claim, gone = [], leaving = {} } = cause;
  const conditions = [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: failure }];
  const changed: Readonly<Record<string, Recorded | undefined>> = {
    'Deployment/x1': failure === undefined ? deployment : { status: { conditions } },
    'PersistentVolumeClaim/working-dir-x1': claim,
  };
  const applied = everything.flatMap(({ kind, object }): Part[] => {
    const name = `${kind}/${object.metadata.name}`;
    if (gone.includes(name)) return [];
    const { metadata: more, ...body } = changed[name] ?? { status: {} };
    const how = leaving[name] && { deletionTimestamp: '2026-03-01T11:59:00Z', ...leaving[name] };
    return [{ kind, object: { ...object, ...(changed[name] && body), metadata: { ...object.metadata, ...more, ...how } } }];
  });
  const pods = podsOf(cause).map(({ metadata, status }, n): Part => {
    const creationTimestamp = new Date(now.getTime() + n).toISOString();
    const labels = { 'external-id': 'x1' };
    return { kind: 'Pod', object: { metadata: { name: `x1-pod-${n}`, uid: `pod-${n}`, labels, creationTimestamp, ...metadata }, status } };
  });
  return [...applied, ...pods];
}

function viewOf(cause: Cause): View {
  const parts = partsOf(cause);
  const uidOf = { pod: 'pod-0', claim: parts.find(({ object }) => object.metadata.name === 'working-dir-x1')?.object.metadata.uid };
  const warnings = (cause.events ?? []).flatMap(({ about, reason, message, fieldPath }, n): Warning[] => {
    const involvedObject = { kind: about === 'pod' ? 'Pod' : 'PersistentVolumeClaim', uid: uidOf[about], fieldPath };
    const event: KubeObject = { metadata: { name: `e-${n}`, uid: `e-${n}`, resourceVersion: String(n) }, involvedObject, reason, message };
    return [warningOf(event) ?? []].flat();
  });
  const facts = factsFor(parts);
  const [{ external_id }] = facts as [(typeof facts)[number]]; // an analysis of which something is recorded
  return { external_id, facts, warnings };
}

describe('every cause, as the cluster tells it, becomes a code, a sentence and what to do:', () => {
  for (const cause of causes) {
    test(cause.name === undefined ? cause.code : `${cause.code}: ${cause.name}`, () => {
      const { reason_code, phase, message = '', hint = '' } = statusOf(viewOf(cause), { observedAt: now, revision: '' });
      expect([String(reason_code), String(phase), message]).toEqual([cause.code, cause.phase, expect.stringContaining(cause.says)]);
      expect(message).toMatch(/^[A-Z].*[.…]$/);
      expect(message).not.toContain('{about}');
      expect(hint).toMatch(/^[A-Z].{10,}\.$/);
    });
  }
});

const codes = Object.values(REASON_GROUPS).flatMap((group) => Object.keys(group));

test('there is no code without a recorded cause, and the codes differ', () => {
  expect(codes.filter((code) => !causes.some((cause) => cause.code === code))).toEqual([]);
  expect(new Set(codes).size).toBe(codes.length);
});

test('the reference names each code once', () => {
  const page = statusReference();
  const tables = page.slice(page.indexOf('## '));
  for (const code of codes) expect(tables.split(`| \`${code}\` |`)).toHaveLength(2);
  expect(page).not.toContain('{about}');
});

test("what a program wrote as its last words, and the keys in a registry's address, stay in the cluster", () => {
  const words = causes.map((cause) => JSON.stringify(statusOf(viewOf(cause), { observedAt: now, revision: '' }))).join('\n');
  expect(words).not.toContain('last words');
  expect(words).not.toContain('account=robot');
});

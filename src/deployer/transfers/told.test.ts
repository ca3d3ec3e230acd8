import { expect, test } from 'bun:test';
import type { ExternalId } from '../../schema/ids.ts';
import { transferOf } from './told.ts';

const asked = { external_id: 'x1' as ExternalId, type: 'upload' } as const; // a label, as the schema asks for
const at = new Date('2026-03-01T12:00:00Z');
const uuid = '8f14e45f-ceea-467f-a8f2-000000000000';
const after = (ms: number) => new Date(at.getTime() + ms);
const told = (status: 'requested' | 'running', ms: number) => transferOf(asked, { claim: 'c', at, uuid }, { uuid, status }, after(ms));

test('a transfer that does not begin within a minute never will: another one was running, or it has no list of files', () => {
  expect(told('requested', 59_999).status).toBe('requested');
  expect(told('requested', 60_000)).toMatchObject({ status: 'failed', message: expect.stringContaining('did not begin'), hint: expect.any(String) });
});

test('a transfer has a day', () => {
  const day = 24 * 60 * 60_000;
  expect(told('running', day - 1).status).toBe('running');
  expect(told('running', day)).toMatchObject({ status: 'failed', message: expect.stringContaining('more than a day') });
});

test('what its program does not say of its beginning is told from what is remembered', () => {
  expect(told('running', 1).started_at).toBe('2026-03-01T12:00:00.000Z');
});

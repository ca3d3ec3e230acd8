import { afterAll, beforeEach, expect, test } from 'bun:test';
import { startTransferSidecars, type TransferSidecar } from '../support/transfer-sidecar.ts';

// The stand-in behaves as vice-file-transfers does, where that is odd above all: what the deployer makes of it is tested against these oddities.
const sidecars = startTransferSidecars();
afterAll(() => sidecars.stop());

let base: string;
let sidecar: TransferSidecar;
beforeEach(() => {
  const id = crypto.randomUUID();
  base = sidecars.template.replace('{external_id}', id);
  sidecar = sidecars.of(id);
});

const post = async (path: string): Promise<Record<string, string>> => JSON.parse(await (await fetch(base + path, { method: 'POST' })).text());
const get = async (path: string): Promise<unknown> => JSON.parse(await (await fetch(base + path)).text());

test('it says hello at the root, which is its readiness probe', async () => {
  expect((await fetch(`${base}/`)).status).toBe(200);
});

test('an upload is a record that says download, and a time that is not set is the year 1', async () => {
  const record = await post('/upload?non-blocking');
  expect(record).toEqual({
    uuid: expect.any(String),
    start_time: expect.any(String),
    completion_time: '0001-01-01T00:00:00Z',
    status: 'requested',
    kind: 'download',
  });
  expect(await get(`/upload/${record['uuid']}`)).toMatchObject({ uuid: record['uuid'], status: 'uploading' });
  sidecar.end('completed');
  expect(await get(`/upload/${record['uuid']}`)).toMatchObject({ status: 'completed', completion_time: '2026-03-01T12:34:56Z' });
});

test('a second request while a transfer runs gets a record that stays requested, also when the first has ended', async () => {
  await post('/download');
  const { uuid } = await post('/upload');
  expect(await get(`/upload/${uuid}`)).toMatchObject({ status: 'requested' });
  sidecar.end('completed');
  expect(await get(`/upload/${uuid}`)).toMatchObject({ status: 'requested' });
});

test('without a list of paths a download stays requested', async () => {
  sidecar.hasPathList = false;
  const { uuid } = await post('/download');
  expect(await get(`/download/${uuid}`)).toMatchObject({ status: 'requested' });
});

test('what it does not know, of the other type too or after a restart, is 404 without a body', async () => {
  const { uuid } = await post('/download');
  const absent = async (path: string) => {
    const response = await fetch(base + path);
    return [response.status, await response.text()];
  };
  expect(await absent(`/upload/${uuid}`)).toEqual([404, '']);
  sidecar.restart();
  expect(await absent(`/download/${uuid}`)).toEqual([404, '']);
});

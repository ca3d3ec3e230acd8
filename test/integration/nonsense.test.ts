import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import type { Coordinator } from '../../src/modes/coordinator.ts';
import { launchBody } from '../support/launch-bodies.ts';
import { database, register, runCoordinator, send } from '../support/platform.ts';
import { freshDatabase } from '../support/postgres.ts';
import { type StandInDeployer, startStandInDeployer } from '../support/stand-in-deployer.ts';

setDefaultTimeout(120_000);

let uri: string;
let db: ReturnType<typeof database>;
let deployer: StandInDeployer;
let coordinator: Coordinator;
beforeAll(async () => {
  uri = await freshDatabase();
  db = database(uri);
  deployer = startStandInDeployer();
  coordinator = await runCoordinator(uri);
  await register(coordinator.url, [{ name: 'east', url: deployer.url }]);
});
afterAll(async () => {
  await Promise.all([coordinator.stop(), deployer.stop(), db.close()]);
});

const bodyOf = (id: string) => launchBody({ top: { uuid: id, user_id: id } });
const launch = (id: string) => send(`${coordinator.url}/vice/launch`, bodyOf(id));

test('text that no database can hold is a fault of the parameter that it stands in', async () => {
  const answer = await fetch(`${coordinator.url}/api/v1/analyses?cluster=%00&user=a%00b`);
  expect([answer.status, await answer.json()]).toEqual([
    400,
    expect.objectContaining({ faults: [expect.objectContaining({ path: 'cluster' }), expect.objectContaining({ path: 'user' })] }),
  ]);
});

test('the name of an image that no runtime takes is a fault of the body, and nothing is tried', async () => {
  const before = deployer.seen.filter((request) => request.startsWith('POST')).length;
  for (const name of ['..', '%00', '$(X)', 'Capitals/app', 'a:b:c', 'x'.repeat(600)]) {
    const answer = await send(
      `${coordinator.url}/vice/launch`,
      launchBody({ top: { uuid: randomUUID(), user_id: randomUUID() }, container: { image: { name, tag: 'latest' } } }),
    );
    expect([name, answer.status]).toEqual([name, 400]);
    expect(await answer.text()).toContain('steps[0].component.container.image.name');
  }
  expect(deployer.seen.filter((request) => request.startsWith('POST')).length).toBe(before);
});

test('while the database can only be read, launches and exits are unavailable and may be repeated; afterwards they are done', async () => {
  const [running, next] = [randomUUID(), randomUUID()];
  expect((await launch(running)).status).toBe(200);
  const name = new URL(uri).pathname.slice(1);
  const turn = async (word: 'on' | 'off') => {
    await db.sql.unsafe(`ALTER DATABASE ${name} SET default_transaction_read_only = ${word}`);
    await db.sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'vice' AND datname = ${name}`;
  };
  await turn('on');
  try {
    for (const answer of [await launch(next), await send(`${coordinator.url}/vice/${running}/exit`)]) {
      expect([answer.status, answer.headers.has('retry-after')]).toEqual([503, true]);
    }
  } finally {
    await turn('off');
  }
  expect((await launch(next)).status).toBe(200);
  expect((await send(`${coordinator.url}/vice/${running}/exit`)).status).toBe(200);
});

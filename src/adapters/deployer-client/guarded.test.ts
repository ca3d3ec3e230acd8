import { afterAll, beforeEach, describe, expect, test } from 'bun:test';
import { DeployerUnreachableError } from '../../errors/errors.ts';
import { keptAddresses } from './addresses.ts';
import { guarded } from './guarded.ts';

let hosts: (string | null)[];
const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: (request) => {
    hosts.push(request.headers.get('host'));
    return new Response('taken');
  },
});
afterAll(() => server.stop(true));
beforeEach(() => {
  hosts = [];
});

const signal = new AbortController().signal;
const url = `http://deployer.example.org:${server.port}/prod/readyz`;
const leadsTo =
  (...addresses: readonly string[]) =>
  () =>
    Promise.resolve(addresses);
const ask = (resolve: () => Promise<readonly string[]>, at = url) => guarded((to, init) => fetch(to, init), resolve)(at, { method: 'GET', signal });

test('headers of any form arrive', async () => {
  const seen: string[] = [];
  const other = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: (request) => new Response(request.headers.get('x-a')) });
  const send = guarded((to, init) => fetch(to, init), leadsTo('127.0.0.1'));
  for (const headers of [{ 'x-a': '1' }, new Headers({ 'x-a': '2' })]) {
    const answer = await send(`http://deployer.example.org:${other.port}/`, { method: 'GET', signal, headers });
    seen.push(await answer.text());
  }
  expect(seen).toEqual(['1', '2']);
  await other.stop(true);
});

test('a request goes to the address that was looked at, under the name of the host', async () => {
  expect(await (await ask(leadsTo('127.0.0.1'))).text()).toBe('taken');
  expect(hosts).toEqual([`deployer.example.org:${server.port}`]);
});

test('an address that does not take it gives way to the next one', async () => {
  expect((await ask(leadsTo('127.0.0.2', '127.0.0.1'))).status).toBe(200);
  await expect(ask(leadsTo('127.0.0.2'))).rejects.toMatchObject({ code: expect.stringMatching(/REFUSED|FailedToOpenSocket/i) });
});

describe('nothing is sent', () => {
  test.each([
    ['to a name that leads to a metadata service', ['169.254.169.254']],
    ['to a name that leads there besides', ['127.0.0.1', '169.254.169.254']],
    ['to a name that leads there in the form of IPv6', ['::ffff:169.254.169.254']],
    ['to a name that leads to a link-local address', ['fe80::1%eth0']],
  ])('%s', async (_, addresses) => {
    for (const at of [url, url.replace('http:', 'https:')]) {
      const err = await ask(leadsTo(...addresses), at).catch((caught: unknown) => caught);
      expect(err).toBeInstanceOf(DeployerUnreachableError);
      expect(String(err)).toContain('which is never asked');
    }
    expect(hosts).toEqual([]);
  });

  test('to an address of the kind that is in the URL itself', async () => {
    await expect(ask(leadsTo('127.0.0.1'), 'http://2852039166/')).rejects.toThrow('169.254.169.254, which is never asked');
  });

  test('when the name cannot be resolved', async () => {
    const err = await ask(() => keptAddresses()('deployer.invalid')).catch((caught: unknown) => caught);
    expect(err).toBeInstanceOf(DeployerUnreachableError);
  });

  test('when nobody waits any more for the resolver', async () => {
    const send = guarded(
      (to, init) => fetch(to, init),
      () => new Promise(() => {}),
    );
    const leaving = new AbortController();
    const asked = send(url, { method: 'GET', signal: leaving.signal });
    leaving.abort(new Error('left'));
    await expect(asked).rejects.toThrow('left');
  });
});

test('a name is resolved once in five seconds, and a failure is not kept', async () => {
  let time = 0;
  const answers = [leadsTo('10.0.0.1'), leadsTo('169.254.169.254')];
  let asked = 0;
  const resolve = keptAddresses(
    () => answers[asked++]?.() ?? Promise.reject(new Error('none')),
    () => time,
  );
  expect(await Promise.all([resolve('a'), resolve('a')])).toEqual([['10.0.0.1'], ['10.0.0.1']]);
  time = 4_999;
  expect([await resolve('a'), asked]).toEqual([['10.0.0.1'], 1]);
  time = 5_000;
  expect([await resolve('a'), asked]).toEqual([['169.254.169.254'], 2]);
  time = 10_000;
  await expect(resolve('a')).rejects.toThrow('none');
  await resolve('a').catch(() => undefined);
  answers[4] = leadsTo('10.0.0.2');
  expect([await resolve('a').catch(() => resolve('a'))]).toEqual([['10.0.0.2']]);
});

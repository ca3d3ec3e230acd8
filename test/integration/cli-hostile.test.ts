import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { parse } from 'yaml';
import { atTerminal } from '../support/at-terminal.ts';
import { vice } from '../support/command.ts';

setDefaultTimeout(120_000);

/** Clears the screen, names the window, writes to the clipboard, goes back over the line, turns the direction of text, and begins a line of its own. */
const EVIL = 'evil\u001b[2J\u001b]0;owned\u0007\u001b]52;c;cm0=\u0007\u009b31m\r\u202egnp\u2028\u001b[8m';
const ID = '8d1c4d3e-7c4e-4a3c-9a5e-2d3c1f0b6a77';
const at = '2026-01-08T21:18:29.000Z';
const cluster = {
  id: ID,
  name: 'east',
  deployer_url: 'http://east.example.org',
  enabled: true,
  priority: 1,
  mtls_enabled: false,
  profile: {},
  status: 'unreachable',
  status_reason: EVIL,
  connection: { state: 'unreachable', reason: EVIL },
  created_at: at,
  updated_at: EVIL,
};
const assignment = {
  external_id: 'an-id',
  user_id: EVIL,
  username: EVIL,
  state: 'failed',
  attempt: 1,
  cluster: { id: ID, name: EVIL },
  millicores: 1,
  reason: EVIL,
  removal: { tries: 1, note: EVIL },
  created_at: at,
  updated_at: at,
};
const problem = { type: 'about:blank', title: 'x', status: 400, detail: EVIL, code: 'x', retryable: false, request_id: 'r' };
let server: ReturnType<typeof Bun.serve>;
beforeAll(() => {
  server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: ({ method, url }) => {
      const { pathname } = new URL(url);
      if (pathname === '/api/v1/clusters' && method === 'GET') return Response.json({ clusters: [cluster] });
      if (pathname.endsWith('/test') || (pathname.endsWith(ID) && method === 'GET')) return Response.json(cluster);
      if (pathname.endsWith('/logs'))
        return Response.json({ pod: EVIL, container: EVIL, since_time: '1', truncated: false, lines: [EVIL, '\u001b[31mred\tone'] });
      if (pathname === '/api/v1/analyses') return Response.json({ analyses: [assignment] });
      if (pathname === '/api/v1/analyses/an-id') return Response.json(assignment);
      if (pathname === '/vice/launch') return new Response();
      return Response.json({ ...problem, faults: [{ path: EVIL, message: EVIL }] }, { status: 400 });
    },
  });
});
afterAll(() => server.stop(true));

const env = () => ({ VICE_COORDINATOR: `http://127.0.0.1:${server.port}` });
/** What a terminal obeys, but newlines. */
const obeyed = (text: string) => text.replaceAll('\n', '').match(/[\p{Cc}\p{Cf}\u2028\u2029]/gu) ?? [];

const commands = [
  ['status'],
  ['status', 'an-id'],
  ['status', 'another'],
  ['exit', 'an-id', '--yes'],
  ['clusters', 'list'],
  ['clusters', 'get', ID],
  ['clusters', 'enable', ID],
  ['clusters', 'test', ID],
  ['clusters', 'drain', ID],
  ['clusters', 'explain'],
];
for (const command of commands) {
  for (const form of ['table', 'json', 'yaml']) {
    test(`vice ${command.join(' ')} -o ${form} writes nothing of what the coordinator says that a terminal obeys`, async () => {
      const { out, err } = await vice([...command, '-o', form], { env: env() });
      expect(out + err).toContain('evil');
      expect(obeyed(out + err)).toEqual([]);
    });
  }
}

test('a program reads what the coordinator said, all the same', async () => {
  const [json, yaml] = await Promise.all(['json', 'yaml'].map((form) => vice(['clusters', 'get', ID, '-o', form], { env: env() })));
  expect(JSON.parse(json?.out ?? '')).toEqual(cluster);
  expect(parse(yaml?.out ?? '')).toEqual(cluster);
});

test('a question on a terminal, and the progress of what is waited for, hold none of it either', async () => {
  const asked = atTerminal(['exit', 'an-id'], env());
  await asked.sees('[y/N] ');
  asked.type('\n');
  await asked.ended();
  expect(asked.text()).toContain('End the analysis an-id of evil\\u001b[2J');
  expect(asked.text()).not.toContain('owned\u0007');
  const waited = atTerminal(['exit', 'an-id', '--yes', '--wait', '--timeout', '2'], env());
  await waited.ended();
  expect(waited.text()).toContain('evil');
  expect(waited.text()).not.toContain('owned\u0007');
});

test('a log keeps its colours on a terminal and nothing else that one obeys, and every byte for a program', async () => {
  const seen = atTerminal(['logs', 'an-id'], env());
  await seen.ended();
  expect(seen.text()).toContain('\u001b[31mred\tone\u001b[0m');
  expect(seen.text()).toContain('evil\\u001b[2J\\u001b]0;owned\\u0007');
  expect(seen.text()).not.toContain('owned\u0007');
  expect((await vice(['logs', 'an-id'], { env: env() })).out).toBe(`${EVIL}\n\u001b[31mred\tone\n`);
});

test('a log that breaks off in the middle, or in the middle of a record, or holds what is no record, is asked for again', async () => {
  let asked = 0;
  const answers = [
    '{"pod":"p","container":"c","since_time":"1"}\n{"line":"2026-01-08T21:18:29.1Z one"}\n{"line":"2026-',
    'nonsense\n',
    '{"pod":"p","container":"c","since_time":"1"}\n{"line":"2026-01-08T21:18:29.1Z one"}\n{"line":"2026-01-08T21:18:29.2Z two"}\n{"end":"ended"}\n',
  ];
  const broken = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      const text = answers[asked++] ?? '';
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n');
      socket.write(`${text.length.toString(16)}\r\n${text}\r\n`, () => socket.end(asked === 1 ? '' : '0\r\n\r\n'));
    });
  });
  await once(broken.listen(0, '127.0.0.1'), 'listening');
  try {
    const address = broken.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const followed = await vice(['logs', 'an-id', '-f'], { env: { VICE_COORDINATOR: url } });
    expect(followed).toEqual({ code: 0, out: 'one\ntwo\n', err: '' });
  } finally {
    broken.close();
  }
});

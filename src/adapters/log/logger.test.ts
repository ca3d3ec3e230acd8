import { expect, test } from 'bun:test';
import { join } from 'node:path';
import type { LevelWithSilent } from 'pino';
import { UnavailableError } from '../../errors/errors.ts';
import { createLogger } from './logger.ts';

function logged(level: LevelWithSilent, write: (log: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLogger({ level, mode: 'test', destination: { write: (line) => void lines.push(line) } }));
  return lines.map((line) => JSON.parse(line));
}

test('a line is one JSON object with level, time, service and mode', () => {
  const [line] = logged('info', (log) => log.info({ external_id: 'a' }, 'applied'));
  expect(line).toMatchObject({ level: 'info', service: 'vice', mode: 'test', external_id: 'a', message: 'applied' });
  expect(new Date(String(line?.['time'])).getTime()).toBeGreaterThan(0);
});

test('what is below the level is not written', () => {
  expect(logged('warn', (log) => log.info('quiet'))).toEqual([]);
});

test('secrets do not reach the log, by whatever depth they are logged at', () => {
  const secret = 'hunter2';
  const lines = logged('info', (log) => {
    log.info({ password: secret, headers: { authorization: secret, cookie: secret }, req: { headers: { authorization: secret } } }, 'one');
    log.info({ cluster: { client_key: secret }, token: secret }, 'two');
  });
  expect(JSON.stringify(lines)).not.toContain(secret);
  expect(lines).toHaveLength(2);
});

test('neither the facts of an error nor what a child of the log is bound to show a secret', () => {
  const secret = 'hunter2';
  const lines = logged('info', (log) => {
    const err = new UnavailableError('no answer', { details: { request: { headers: { authorization: secret } } } });
    log.error({ err }, 'as err');
    log.error(err, 'itself');
    log.error({ failure: err, nested: { err } }, 'under another name');
    log
      .child({ token: secret, component: 'watch' })
      .child({ headers: { cookie: secret } })
      .info({ password: secret }, 'of a child');
  });
  expect(JSON.stringify(lines)).not.toContain(secret);
  expect(lines[0]).toMatchObject({ err: { type: 'UnavailableError', details: { request: { headers: { authorization: '[redacted]' } } } } });
  expect(lines[3]).toMatchObject({ component: 'watch', token: '[redacted]', headers: { cookie: '[redacted]' }, message: 'of a child' });
});

test('an error is logged with its stack and with its cause', () => {
  const [line] = logged('info', (log) => log.error({ err: new UnavailableError('no answer', { cause: new Error('ECONNREFUSED') }) }, 'failed'));
  expect(JSON.stringify(line?.['err'])).toContain('logger.test.ts');
  expect(JSON.stringify(line?.['err'])).toContain('ECONNREFUSED');
});

test('an error has its own name, whatever the build called its class, and tells of its cause once', () => {
  const cause = new Error('connection refused');
  const lines = logged('info', (log) => {
    const Shortened = { e: class extends UnavailableError {} }.e;
    log.warn({ err: new Shortened(`no answer: ${cause.message}`, { cause }) }, 'failed');
    log.warn({ err: new Error('no answer', { cause }) }, 'failed');
    log.warn({ err: 'no error at all' }, 'failed');
  });
  expect(lines).toMatchObject([
    { err: { type: 'UnavailableError', message: 'no answer: connection refused' } },
    { err: { type: 'Error', message: 'no answer: connection refused' } },
    { err: 'no error at all' },
  ]);
});

test('a log that nobody reads any more disturbs nobody who logs', async () => {
  const program = `
    import { createLogger } from ${JSON.stringify(join(import.meta.dir, 'logger.ts'))};
    const log = createLogger({ level: 'info', mode: 'test' });
    process.stderr.write('ready');
    for await (const _ of process.stdin);
    for (let n = 0; n < 1000; n++) log.info({ n }, 'x'.repeat(1000));
    process.exit(7);
  `;
  const child = Bun.spawn([process.execPath, '-e', program], { stdin: 'pipe', stdout: 'pipe', stderr: 'pipe' });
  await child.stderr.getReader().read();
  await child.stdout.cancel();
  child.stdin.end();
  expect(await child.exited).toBe(7);
});

test('lines written right before the end of the process arrive whole', async () => {
  const program = `
    import { createLogger } from ${JSON.stringify(join(import.meta.dir, 'logger.ts'))};
    const log = createLogger({ level: 'info', mode: 'test' });
    for (let n = 0; n < 1000; n++) log.info({ n }, 'x'.repeat(1000));
    process.exit(0);
  `;
  const child = Bun.spawn([process.execPath, '-e', program], { stdout: 'pipe' });
  const lines = (await new Response(child.stdout).text()).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).n)).toEqual(Array.from({ length: 1000 }, (_, n) => n));
});

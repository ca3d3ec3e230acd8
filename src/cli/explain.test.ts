import { expect, test } from 'bun:test';
import { ConfigurationError, InvalidDocumentError, UnavailableError } from '../errors/errors.ts';
import { explain } from './explain.ts';

test('all faults are told, one a line, and what kind of error it was by the exit code', () => {
  const faults = [
    { path: '--port', message: 'must be a number' },
    { path: '', message: 'is empty' },
  ];
  expect(explain(new ConfigurationError('the configuration has 2 faults', { faults }))).toEqual({
    text: 'vice: the configuration has 2 faults:\n  --port: must be a number\n  is empty\n',
    exitCode: 2,
  });
  expect(explain(new InvalidDocumentError('no launch', { faults })).exitCode).toBe(1);
});

test('what was met outside is told with its cause, and without a stack', () => {
  const err = new UnavailableError('cannot listen on 127.0.0.1:80', { cause: new Error('permission denied') });
  expect(explain(err)).toEqual({ text: 'vice: cannot listen on 127.0.0.1:80: permission denied\n', exitCode: 1 });
});

test('an error that nobody foresaw is told with its stack', () => {
  expect(explain(new Error('oops'))).toEqual({ text: expect.stringMatching(/^vice: [\s\S]*oops[\s\S]*explain\.test\.ts/), exitCode: 1 });
  expect(explain('oops')).toEqual({ text: 'vice: oops\n', exitCode: 1 });
});

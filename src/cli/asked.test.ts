import { expect, test } from 'bun:test';
import { type Asked, askedOf } from './asked.ts';

test.each<[string, Asked]>([
  ['', { is: 'nothing' }],
  ['--port 1', { is: 'nothing' }],
  ['--mode=standalone', { is: 'mode', mode: 'standalone' }],
  ['--port 1 -mode standalone', { is: 'mode', mode: 'standalone' }],
  ['--mode', { is: 'mode', mode: '' }],
  ['--mode=standalone --version', { is: 'version' }],
  ['--mode=standalone -h', { is: 'help', topic: ['standalone'] }],
  ['clusters get --help', { is: 'help', topic: ['clusters', 'get'] }],
  ['doctor --mode=standalone', { is: 'command', name: 'doctor', rest: ['--mode=standalone'] }],
  ['spec -- --help', { is: 'command', name: 'spec', rest: ['--', '--help'] }],
])('what "vice %s" asks for', (line, asked) => {
  expect(askedOf(line.split(' ').filter((word) => word !== ''))).toEqual(asked);
});

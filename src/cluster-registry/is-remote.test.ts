import { expect, test } from 'bun:test';
import { isRemote } from './is-remote.ts';

test.each(['https://deployer.example.org:8443', 'https://192.0.2.7', 'http://[2001:db8::1]:8080', 'https://svc.example.org'])(
  '%s is another cluster',
  (url) => expect(isRemote(url)).toBe(true),
);

test.each([
  'http://vice-deployer',
  'http://vice-deployer.vice.svc:8080',
  'http://vice-deployer.vice.svc.cluster.local',
  'http://localhost:8080',
  'http://one.localhost:8080',
  'http://127.0.0.1:8080',
  'http://[::1]:8080',
])('%s is this one', (url) => expect(isRemote(url)).toBe(false));

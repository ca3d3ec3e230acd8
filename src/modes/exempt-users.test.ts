import { expect, test } from 'bun:test';
import { exemptUsers } from './exempt-users.ts';

test('a user is exempt by the short name or by the full one, whichever the configuration and the launch use', () => {
  const isExempt = exemptUsers(['admin', 'tester@example.org'], '@example.org');
  for (const name of ['admin', 'admin@example.org', 'tester', 'tester@example.org']) expect(isExempt(name)).toBe(true);
  for (const name of ['', 'adm', 'admin@example.com', 'jdoe']) expect(isExempt(name)).toBe(false);
});

test('without a domain names are compared as they are', () => {
  expect(exemptUsers(['admin'], '')('admin')).toBe(true);
  expect(exemptUsers(['admin'], '')('admin@example.org')).toBe(false);
});

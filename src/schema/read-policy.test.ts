import { describe, expect, test } from 'bun:test';
import { isMatch } from './glob.ts';
import { BUILT_IN_POLICY, readPolicy } from './read-policy.ts';

test('what a document leaves out has its default', () => {
  const policy = readPolicy({ limits: { cpu: '64' }, hosts: { bare: false } });
  expect(policy).toEqual({
    ok: true,
    value: { ...BUILT_IN_POLICY, limits: { ...BUILT_IN_POLICY.limits, cpu: '64' }, hosts: { ...BUILT_IN_POLICY.hosts, bare: false } },
  });
  expect(readPolicy(null)).toEqual({ ok: true, value: BUILT_IN_POLICY });
});

test('the built-in policy is valid, and a policy read again is the same policy', () => {
  expect(readPolicy(structuredClone(BUILT_IN_POLICY))).toEqual({ ok: true, value: BUILT_IN_POLICY });
});

test('patterns that would let in more than anybody means are faults', () => {
  const good = {
    images: { analysis: ['*', 'nginx:1.29', '*.example.org/*', 'localhost/x', 'example.org:5000/x:*'] },
    hosts: { domains: ['*', 'example.org', '*.example.org'] },
    proxy: { keycloak_urls: ['*', 'https://example.org'], service_urls: ['http://*.example.org:8080/x/*'] },
  };
  expect(readPolicy(good).ok).toBe(true);
  const bad = {
    images: { analysis: ['group/app', 'example.org/', 'exam*.org/x'], transfers: ['EXAMPLE.org/x'] },
    hosts: { domains: ['example.org*', 'Example.org', 'a.*.org'] },
    proxy: { keycloak_urls: ['https://example.org*', 'example.org'], service_urls: ['ftp://example.org', 'https://u@example.org'] },
  };
  const paths = pathsOf(bad);
  expect(paths).toEqual([
    ...['images.analysis[0]', 'images.analysis[1]', 'images.analysis[2]', 'images.transfers[0]'],
    ...['hosts.domains[0]', 'hosts.domains[1]', 'hosts.domains[2]'],
    ...['proxy.keycloak_urls[0]', 'proxy.keycloak_urls[1]', 'proxy.service_urls[0]', 'proxy.service_urls[1]'],
  ]);
});

test('every fault is told with its path', () => {
  const document = {
    images: {
      analysis: ['example.org*/x', '*.example.org/*', 'nginx', 'example.org', 'docker.io/library/*', 'ngin*', 'nginx:1.29'],
      proxy: ['nginx', 7, 'a/b'],
    },
    limits: { memory: '1 TiB', depth: 33, objects: 'many', claim: '0' },
    security: { least_user: 1000, most_user: 10 },
    hosts: { domain: [] },
    everything: true,
  };
  expect(pathsOf(document)).toEqual([
    ...['everything', 'images.proxy[1]', 'hosts.domain', 'limits.objects', 'limits.depth'],
    ...['limits.memory', 'limits.claim', 'images.analysis[0]', 'images.analysis[3]', 'images.analysis[5]', 'images.proxy[2]', 'security.least_user'],
  ]);
  for (const none of ['text', 7, []]) expect(pathsOf(none)).toEqual(['']);
});

function pathsOf(document: unknown): readonly string[] {
  const policy = readPolicy(document);
  return policy.ok ? [] : policy.faults.map(({ path }) => path);
}

describe('a pattern', () => {
  test.each([
    ['*', 'anything'],
    ['*', ''],
    ['a*c', 'abc'],
    ['a*c', 'ac'],
    ['*/x', 'y/x'],
    ['a*b*c', 'a-b-b-c'],
    ['**', 'x'],
    ['a.b', 'a.b'],
  ])('%p matches %p', (pattern, text) => expect(isMatch(pattern, text)).toBe(true));
  test.each([
    ['a', 'ab'],
    ['a*', 'ba'],
    ['a*a', 'a'],
    ['a*b*b', 'ab'],
    ['a.b', 'a-b'],
    ['a*b*c', 'acb'],
    ['', 'x'],
  ])('%p does not match %p', (pattern, text) => expect(isMatch(pattern, text)).toBe(false));
  test('takes no time to match a text that is made to be slow', () => {
    const started = performance.now();
    expect(isMatch(`${'*a'.repeat(200)}b`, 'a'.repeat(100_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

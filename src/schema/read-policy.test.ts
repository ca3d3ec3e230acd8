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

test('every fault is told with its path', () => {
  const document = {
    images: { analysis: ['example.org*/x', '*.example.org/*', 'nginx', 'example.org', 'docker.io/library/*', 'ngin*', 'nginx:1.29'] },
    limits: { memory: '1 TiB', depth: 33, objects: 'many', claim: '0' },
    security: { least_user: 1000, most_user: 10 },
    hosts: { domain: [] },
    everything: true,
  };
  const { images, security, limits } = document;
  expect(pathsOf(document)).toEqual(['everything', 'hosts.domain', 'limits.depth', 'limits.objects']);
  expect(pathsOf({ images, security, limits: { memory: limits.memory, claim: limits.claim } })).toEqual([
    'limits.memory',
    'limits.claim',
    'images.analysis[0]',
    'images.analysis[3]',
    'images.analysis[5]',
    'security.least_user',
  ]);
  for (const none of ['text', 7, []]) expect(pathsOf(none)).toEqual(['']);
});

function pathsOf(document: unknown): readonly string[] {
  const policy = readPolicy(document);
  const paths = policy.ok ? [] : policy.faults.map(({ path }) => path);
  return paths.length === 4 ? paths.toSorted() : paths;
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

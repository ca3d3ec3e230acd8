import { describe, expect, test } from 'bun:test';
import { isImage } from './image.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('a pattern lets in', () => {
  test.each([
    ['*', 'busybox'],
    ['*', `registry.example.org:5000/a/b__c/d-e.f:V1.0_x@${DIGEST}`],
    ['nginx', 'nginx:1.29'],
    ['nginx', 'docker.io/library/nginx'],
    ['nginx', 'index.docker.io/library/nginx:1'],
    ['nginx', 'docker.io/nginx'],
    ['docker.io/group/*', 'group/app:2'],
    ['docker.io/*', 'nginx'],
    ['nginx:1.*', 'nginx:1.29'],
    ['nginx:latest', 'nginx'],
    ['example.org/group/*', `example.org/group/deep/app:1@${DIGEST}`],
    ['*.example.org/group/*', 'harbor.east.example.org/group/app'],
    ['example.org:5000/*', 'example.org:5000/app'],
    [`example.org/app@${DIGEST}`, `example.org/app@${DIGEST}`],
    [`example.org/app@${DIGEST}`, `example.org/app:any@${DIGEST}`],
    ['localhost/*', 'localhost/app'],
  ])('%p: %p', (pattern, image) => expect(isImage(image, [pattern])).toBe(true));
});

describe('a pattern keeps out', () => {
  test.each([
    ['nginx', 'group/nginx'],
    ['nginx', 'example.org/nginx'],
    ['nginx', 'nginx-evil'],
    ['nginx:1.29', 'nginx:1.28'],
    // Runtimes do not look at the tag where there is a digest.
    ['nginx:1.29', `nginx:1.29@${DIGEST}`],
    [`example.org/app@${DIGEST}`, 'example.org/app:1'],
    ['example.org/group/*', 'example.org/groups/app'],
    ['example.org/group/*', 'example.org.evil.net/group/app'],
    // No wildcard of a host reaches over the slash into the path.
    ['*.example.org/*', 'evil.net/x.example.org/app'],
    ['*.example.org/group/app', 'evil.net/x.example.org/group/app'],
    ['*.example.org/*', 'example.org/app'],
    ['docker.io/library/*', 'localhost/library/app'],
  ])('%p: %p', (pattern, image) => expect(isImage(image, [pattern])).toBe(false));
});

test('what is no reference of an image is let in by no pattern', () => {
  const none = [
    '',
    ' nginx',
    'nginx ',
    'nginx\n',
    'Nginx',
    'a//b',
    'a/../b',
    'a/./b',
    '/a',
    'a/',
    'a:',
    'a:b:c/d',
    'https://a/b',
    'u@h/a',
    'a@sha256:00',
    'a@md5:0',
  ];
  for (const image of [...none, 'ngіnx', `a/${'b'.repeat(600)}`, undefined, 7, ['nginx']])
    expect([image, isImage(image, ['*', 'nginx'])]).toEqual([image, false]);
});

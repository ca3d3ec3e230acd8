import { describe, expect, test } from 'bun:test';
import { isUrlMatch } from './glob.ts';

describe('a URL', () => {
  test.each([
    ['*', ''],
    ['*', 'https://keycloak.example.org:8443/auth'],
    ['https://keycloak.example.org', 'https://keycloak.example.org'],
    ['https://keycloak.example.org/*', 'https://keycloak.example.org/auth/x'],
    ['http://*.prod', 'http://get-analysis-id.prod'],
    ['http://*.prod/*', 'http://get-analysis-id.prod/x'],
  ])('is let in by %p: %p', (pattern, url) => expect(isUrlMatch(pattern, url)).toBe(true));

  test.each([
    ['https://keycloak.example.org', ''],
    ['https://keycloak.example.org', 'http://keycloak.example.org'],
    ['https://keycloak.example.org', 'https://keycloak.example.org/elsewhere'],
    ['https://keycloak.example.org', 'https://keycloak.example.org.evil.net'],
    ['https://keycloak.example.org/*', 'https://keycloak.example.org@evil.net/'],
    ['http://*.prod', 'http://evil.net/x.prod'],
    ['http://*.prod', 'http://evil.net?x.prod'],
    ['http://*.prod', 'http://evil.net#x.prod'],
    ['http://*.prod', 'http://evil.net\\x.prod'],
    ['*', 'javascript:alert(1)'],
    ['*', 'http://u:p@evil.net'],
    ['*', 'http://a b'],
    ['*', 'file:///etc/passwd'],
  ])('is kept out by %p: %p', (pattern, url) => expect(isUrlMatch(pattern, url)).toBe(false));
});

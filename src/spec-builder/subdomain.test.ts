import { describe, expect, test } from 'bun:test';
import { frontendUrl, routeHost, subdomainOf } from './subdomain.ts';

test.each([
  ['2f3b0e6c-7d0c-11ee-b9d1-008cfa5ae621', '07b04ce2-7757-4b21-9e15-0b4c2f44be26', 'a794df3e8'],
  ['00000000-0000-0000-0000-000000000000', '07b04ce2-7757-4b21-9e15-0b4c2f44be26', 'a226cd147'],
  ['test-user', 'test-invocation-id', 'abb091482'],
])('the subdomain of user %s and analysis %s is %s, as elsewhere in the platform', (userId, externalId, subdomain) => {
  expect(subdomainOf(userId, externalId)).toBe(subdomain);
});

describe('where an analysis is reached', () => {
  const url = (frontendBase: string, domain?: string) => frontendUrl({ frontendBase, ...(domain !== undefined && { domain }) }, 'a1');

  test("the front end's URL with the subdomain before its host", () => {
    expect(url('https://cyverse.run')).toBe('https://a1.cyverse.run');
    expect(url('http://localhost:31000/')).toBe('http://a1.localhost:31000/');
    expect(url('https://cyverse.run/vice?x=1')).toBe('https://a1.cyverse.run/vice?x=1');
  });

  test("a cluster's own domain takes the place of the front end's host, and of nothing else", () => {
    expect(url('https://cyverse.run:8443/', 'west.example.org')).toBe('https://a1.west.example.org:8443/');
  });

  test("the route's host is the bare subdomain unless the cluster has a domain", () => {
    expect(routeHost({}, 'a1')).toBe('a1');
    expect(routeHost({ domain: 'west.example.org' }, 'a1')).toBe('a1.west.example.org');
  });
});

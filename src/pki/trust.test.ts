import { describe, expect, test } from 'bun:test';
import { X509Certificate } from 'node:crypto';
import { authority, type Issue } from '../../test/support/certificates.ts';
import { certificatesIn, factsOf, uriOf } from './certificates.ts';
import { revocationListsIn } from './revocation-list.ts';
import { judge, refusalAt, type Trust } from './trust.ts';

const ours = authority('ours');
const foreign = authority('foreign');
const trust: Trust = { authorities: certificatesIn(ours.cert), revocations: [], names: [], purpose: 'client' };
const now = Date.now();

function client(options: Partial<Issue> = {}, from = ours): string {
  return from.issue({ name: 'coordinator', use: 'client', ...options }).cert;
}

const refusal = (pem: string, changes: Partial<Trust> = {}, at = now) => refusalAt(judge(new X509Certificate(pem), { ...trust, ...changes }), at);

describe('a certificate', () => {
  test('of the authority, for its purpose and in its time is trusted', () => {
    expect(refusal(client())).toBeUndefined();
  });

  test.each([
    ['of another authority', client({}, foreign), 'not of a trusted authority: its issuer is CN=foreign'],
    ['of another authority with the same name', client({}, authority('ours')), 'not of a trusted authority'],
    ['for another purpose', client({ use: 'server' }), 'not for use by a client'],
    ['that expired', client({ until: -1_000 }), 'expired at'],
    ['that is not valid yet', client({ from: 60_000 }), 'is not valid before'],
  ])('%s is refused', (_, pem, reason) => {
    expect(refusal(pem)).toContain(reason);
  });

  test('is refused as soon as it or its authority has expired', () => {
    expect(refusal(client({ until: 60_000 }), {}, now + 61_000)).toContain('expired');
    expect(refusal(client({ until: 10 * 3_600_000 }), {}, now + 2 * 3_600_000)).toContain('expired'); // the authority is good for an hour
  });

  test('that is revoked is refused, and only by a list of its own authority', () => {
    const [revoked, other] = [client(), client()];
    const revocations = revocationListsIn(ours.revoke(revoked));
    expect(refusal(revoked, { revocations })).toContain('is revoked');
    expect(refusal(other, { revocations })).toBeUndefined();
    expect(refusal(revoked, { revocations: revocationListsIn(foreign.revoke(revoked)) })).toBeUndefined();
    expect(refusal(other, { revocations: revocationListsIn(ours.revoke()) })).toBeUndefined();
  });

  test('is let in by a pinned name, be it the common name, a DNS name or a URI', () => {
    const pem = client({ hosts: ['coordinator.example.org', 'spiffe://example.org/coordinator'] });
    for (const name of ['coordinator', 'coordinator.example.org', 'spiffe://example.org/coordinator']) {
      expect(refusal(pem, { names: ['other', name] })).toBeUndefined();
    }
    expect(refusal(pem, { names: ['coordinator.example'] })).toContain(
      'none of the names that are let in; it has coordinator, coordinator.example.org',
    );
    expect(uriOf(new X509Certificate(pem))).toBe('spiffe://example.org/coordinator');
  });
});

test('a name cannot be smuggled in by a comma or a line in another one', () => {
  const pem = client({ name: 'x\nCN=admin', hosts: ['evil, DNS:admin'] });
  expect(refusal(pem, { names: ['admin'] })).toContain('none of the names');
});

test('an authority in between counts only when it is shown or trusted itself', () => {
  const between = ours.intermediate('between');
  const leaf = new X509Certificate(client({}, between));
  expect(refusalAt(judge(leaf, trust), now)).toContain('not of a trusted authority'); // nobody showed what is between
  expect(refusal(client({}, between), { authorities: certificatesIn(between.cert) })).toBeUndefined();
});

test('a list of revocations that is none is told, and its date is read', () => {
  expect(() => revocationListsIn('-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----')).toThrow(TypeError);
  const [list] = revocationListsIn(ours.revoke());
  expect(Math.abs((list?.nextUpdate?.getTime() ?? 0) - now - 3_600_000)).toBeLessThan(5_000);
});

test('what is told of a certificate', () => {
  expect(factsOf(new X509Certificate(client({ hosts: ['a.example.org'] })))).toMatchObject({
    subject: 'CN=coordinator',
    issuer: 'CN=ours',
    names: ['coordinator', 'a.example.org'],
    fingerprint: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
  });
});

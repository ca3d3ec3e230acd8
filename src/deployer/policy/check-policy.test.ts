import { describe, expect, test } from 'bun:test';
import { sampleSpec } from '../../../test/contract/sample-spec.ts';
import { SpecRefusedError } from '../../errors/errors.ts';
import type { ViceDeploymentSpec } from '../../schema/deployment-spec.ts';
import { BUILT_IN_POLICY } from '../../schema/read-policy.ts';
import { checkPolicy, judge } from './check-policy.ts';
import { RULES } from './rules.ts';

const spec = sampleSpec('x1');

/** The sample with other labels on its Service. */
function withServiceLabels(labels: Readonly<Record<string, string>>): ViceDeploymentSpec {
  return { ...spec, service: { ...spec.service, metadata: { ...spec.service.metadata, labels: { ...spec.service.metadata.labels, ...labels } } } };
}

// Each rule on its own, with the rest of a spec around it: test/hostile.

test('the sample of the contract is let in', () => {
  expect(judge(BUILT_IN_POLICY, spec)).toEqual([]);
});

describe('a refusal', () => {
  test('tells every violation with its path, its rule, and what would be allowed', () => {
    const hostile = { ...withServiceLabels({ app: 'bank' }), metadata: { ...spec.metadata, subdomain: 'bank' } };
    const refused = expect(() => checkPolicy(BUILT_IN_POLICY, hostile));
    refused.toThrow(SpecRefusedError);
    refused.toThrow('2 violations');
    expect(judge(BUILT_IN_POLICY, hostile)).toEqual([
      { path: 'metadata.subdomain', message: 'is "bank"', rule: 'spec.subdomain', allowed: spec.metadata.subdomain ?? '' },
      {
        path: 'service.metadata.labels.app',
        message: 'is no label of an analysis',
        rule: 'object.labels',
        allowed: expect.stringContaining('external-id, app-name, '),
      },
    ]);
  });

  test('names the key of the policy that decides, and what it says', () => {
    const policy = { ...BUILT_IN_POLICY, ingress: { ...BUILT_IN_POLICY.ingress, classes: ['internal'] } };
    expect(judge(policy, spec)).toEqual([
      {
        path: 'ingress.spec.ingressClassName',
        message: 'is "nginx"',
        rule: 'ingress.class',
        allowed: expect.stringContaining('(policy ingress.classes: ["internal"])'),
      },
    ]);
  });

  test('tells two hundred violations at most, and looks no further', () => {
    const labels = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`${n}${'x'.repeat(200)}`, 'y']));
    const violations = judge(BUILT_IN_POLICY, withServiceLabels(labels));
    expect(violations).toHaveLength(200);
    expect(JSON.stringify(violations).length).toBeLessThan(100_000);
    expect(() => checkPolicy(BUILT_IN_POLICY, withServiceLabels(labels))).toThrow('200 violations or more');
  });

  test('does not repeat what may be a secret of a user', () => {
    const text = JSON.stringify(spec).replace(
      '"imagePullPolicy"',
      `"env":[{"name":"TOKEN","value":${JSON.stringify('s3cret'.repeat(50_000))}}],"args":["s3cret $(KEYCLOAK_CLIENT_SECRET)"],"imagePullPolicy"`,
    );
    const violations = judge(BUILT_IN_POLICY, JSON.parse(text)); // the sample with two fields more
    expect(violations.map(({ rule }) => rule).toSorted()).toEqual(['container.command', 'container.env']);
    expect(JSON.stringify(violations)).not.toContain('s3cret');
  });
});

test('a rule that a key decides names one that there is', () => {
  for (const [id, rule] of Object.entries(RULES)) {
    if (!('key' in rule)) continue;
    const value = rule.key.split('.').reduce((at: unknown, step: string) => Reflect.get(Object(at), step), BUILT_IN_POLICY);
    expect([id, value === undefined]).toEqual([id, false]);
  }
});

import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { goldenText } from '../golden/golden-spec.ts';
import { hostileCases, policyFile } from './hostile-case.ts';
import { hostileBytes } from './hostile-spec.ts';

test('every hostile case sends something else than its golden spec, under a policy that can be read', async () => {
  const cases = hostileCases();
  expect(cases.length).toBeGreaterThan(300);
  for (const one of cases) {
    const policy = policyFile(one);
    if (policy !== undefined) expect(readFileSync(policy, 'utf8')).not.toBe('');
    const golden = JSON.stringify(JSON.parse(await goldenText(one.base ?? 'example')), null, 2);
    const isCompressed = one.headers !== undefined;
    const hasOtherBytes = new TextDecoder().decode(await hostileBytes(one)) !== golden;
    expect([one.id, hasOtherBytes || isCompressed || policy !== undefined]).toEqual([one.id, true]);
  }
});

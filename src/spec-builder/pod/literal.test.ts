import { expect, test } from 'bun:test';
import { literal } from './literal.ts';

/** What kubelet makes of a text, with every variable set (k8s.io/kubernetes/third_party/forked/golang/expansion). */
function expanded(text: string): string {
  return text.replace(/\$(\$|\([^)]*\))/g, (_, what: string) => (what === '$' ? '$' : 'EXPANDED'));
}

test.each(['jdoe', '$(HOME)', '$5', '$$5', '$$(HOME)', 'a$', 'a$$', '$$$', '$(', '($)', '$()$'])('kubelet hands on %p as it is', (text) => {
  expect(expanded(literal(text))).toBe(text);
});

test('what needs nothing is left alone', () => {
  expect(literal('costs $5')).toBe('costs $5');
});

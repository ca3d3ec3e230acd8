import { describe, expect, test } from 'bun:test';
import { formatQuantity, milliQuantity, parseQuantity, unitsQuantity } from './quantity.ts';

const canonical = (text: string) => {
  const quantity = parseQuantity(text);
  return quantity === undefined ? undefined : formatQuantity(quantity);
};

describe('amounts of Kubernetes', () => {
  test.each([
    ['1000m', '1'],
    ['0.5', '500m'],
    ['2500m', '2500m'],
    ['1001m', '1001m'],
    ['.5', '500m'],
    ['5.', '5'],
    ['+3', '3'],
    ['1e3', '1k'],
    ['12E2', '1200'],
    ['1E', '1E'],
    ['100u', '100u'],
    ['16000000000', '16G'],
    ['17179869184', '17179869184'],
    ['1.5Gi', '1536Mi'],
    ['1024Ki', '1Mi'],
    ['1000Ki', '1000Ki'],
    ['0.5Ki', '512'],
    ['0.0001Ki', '102400u'],
    ['0', '0'],
    ['0Gi', '0'],
    ['-1.5Gi', '-1536Mi'],
    ['0.0000000001', '1n'],
    ['8Ei', '8Ei'],
  ])('%s is written as %s', (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  test.each(['', ' 1', '1 ', 'lots', '1.2.3', '1gi', '1K', 'e3', '--1', '1mm', 'Gi', '.', '1e', 'Infinity', '0x10'])('%p is no amount', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });

  test('what is canonical stays as it is', () => {
    for (const text of ['1', '500m', '16G', '1536Mi', '512', '102400u']) expect(canonical(text)).toBe(text);
  });

  test('numbers of devices, bytes and thousandths of a core are exact', () => {
    expect(formatQuantity(unitsQuantity(Number.MAX_SAFE_INTEGER))).toBe('9007199254740991');
    expect(formatQuantity(unitsQuantity(34_359_738_368, true))).toBe('32Gi');
    expect(formatQuantity(unitsQuantity(6_000_000_000, true))).toBe('5859375Ki');
    expect(formatQuantity(milliQuantity(1001))).toBe('1001m');
  });
});

test('a number that takes long to count is no amount', () => {
  for (const text of ['9'.repeat(257), `0.${'9'.repeat(255)}`, `${'9'.repeat(1_000_000)}Gi`]) expect(parseQuantity(text)).toBeUndefined();
  expect(parseQuantity('9'.repeat(256))?.nano).toBe((10n ** 256n - 1n) * 1_000_000_000n);
});

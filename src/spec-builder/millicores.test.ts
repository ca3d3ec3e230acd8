import { describe, expect, test } from 'bun:test';
import { analysisWith, specProfile } from '../../test/support/launch-bodies.ts';
import { millicoresOf } from './millicores.ts';

const millicores = (container: Readonly<Record<string, unknown>>, flags: readonly string[] = []) =>
  millicoresOf(analysisWith({ container }), specProfile({}, flags));

describe('millicores that are charged', () => {
  test.each([
    [4, 4000],
    [0.5, 500],
    [2.5, 2500],
    [1.001, 1001],
    [0.127, 127],
    [0.0001, 1],
    [1000, 1_000_000],
    [0, 2000],
    [null, 2000],
  ])('a limit of %p cores is %p', (max_cpu_cores, expected) => {
    expect(millicores({ min_cpu_cores: 0.001, max_cpu_cores })).toBe(expected);
  });

  test('follow a limit that was raised to its request', () => {
    expect(millicores({ min_cpu_cores: 4 })).toBe(4000);
    expect(millicores({ min_cpu_cores: 4, max_cpu_cores: 1 })).toBe(4000);
    expect(millicores({ max_cpu_cores: 0.5 })).toBe(1000);
  });

  test('are the default of the configuration, in any notation', () => {
    expect(millicores({}, ['--default-cpu-resource-limit', '1.5'])).toBe(1500);
    expect(millicores({}, ['--default-cpu-resource-limit', '2500m'])).toBe(2500);
    expect(millicores({}, ['--default-cpu-resource-limit', '1k'])).toBe(1_000_000);
  });

  test('are none where limits are off', () => {
    expect(millicores({ max_cpu_cores: 4 }, ['--disable-cpu-resource-limit=true'])).toBe(0);
  });
});

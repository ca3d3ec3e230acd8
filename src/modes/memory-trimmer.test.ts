import { expect, test } from 'bun:test';
import { MemoryTrimmer } from './memory-trimmer.ts';

const MIB = 2 ** 20;

test('what has grown is collected once, what has not is left alone, and what is truly held is not collected again and again', () => {
  let resident = 60 * MIB;
  let live = 60 * MIB;
  let collected = 0;
  const collect = () => {
    collected += 1;
    resident = live;
  };
  const trimmer = new MemoryTrimmer({ residentBytes: () => resident, collect });
  const after = (bytes: number) => {
    resident = bytes;
    trimmer.look();
    return collected;
  };
  expect(after(65 * MIB)).toBe(0);
  expect(after(190 * MIB)).toBe(1);
  expect(resident).toBe(60 * MIB);
  live = 110 * MIB;
  expect(after(112 * MIB)).toBe(2);
  expect(after(112 * MIB)).toBe(2);
  expect(after(80 * MIB)).toBe(2);
  expect(after(95 * MIB)).toBe(3);
});

test('a size that cannot be known for a while ends nothing', () => {
  const sizes = [undefined, 60, undefined, 190, undefined, 60, 90];
  let collected = 0;
  const residentBytes = () => {
    const size = sizes.shift();
    if (size === undefined) throw new Error('EMFILE');
    return size * MIB;
  };
  const collect = () => {
    collected += 1;
  };
  const trimmer = new MemoryTrimmer({ residentBytes, collect });
  while (sizes.length > 0) trimmer.look();
  expect(collected).toBe(2);
});

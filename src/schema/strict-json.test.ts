import { describe, expect, test } from 'bun:test';
import { parseStrictJson } from './strict-json.ts';

function faultsOf(text: string): readonly string[] {
  return parseStrictJson(text).faults.map(({ rule, path }) => `${rule} at ${path}`);
}

test('a document that all programs read alike is read as it is', () => {
  const text = '{"a":[{"b":"}{][,\\"\\\\"},{"b":1}],"c":{"a":"c","":null},"\\u0064":[[],{}]}';
  expect(parseStrictJson(text)).toEqual({ value: JSON.parse(text), faults: [] });
  for (const scalar of ['1', '"x"', 'null', '[]']) expect(parseStrictJson(scalar).faults).toEqual([]);
});

describe('a fault is', () => {
  test('a key that stands twice, in whatever disguise, and only in one object', () => {
    expect(faultsOf('{"a":1,"b":{"a":1},"c":[{"x":1},{"x":1,"y":"\\\\","x":2}],"\\u0061":2}')).toEqual([
      'json.duplicate-key at c[1].x',
      'json.duplicate-key at a',
    ]);
  });

  test("a key of an object's prototype", () => {
    expect(faultsOf('{"a":{"__proto__":1},"\\u005f_proto__":{},"constructor":{"prototype":{}},"b":"__proto__"}')).toEqual([
      'json.prototype-key at a.__proto__',
      'json.prototype-key at __proto__',
      'json.prototype-key at constructor',
    ]);
  });

  test('the thirty-third level, told at the key that leads there, and nothing after it', () => {
    const nested = (levels: number) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)},"b":1,"b":2}`;
    expect(faultsOf(nested(31))).toEqual(['json.duplicate-key at b']);
    expect(faultsOf(nested(32))).toEqual(['json.depth at a']);
    expect(faultsOf(nested(100_000))).toEqual(['json.depth at a']);
  });
});

test('of thousands of faults a hundred are told', () => {
  expect(faultsOf(`{${Array.from({ length: 5_000 }, () => '"a":1').join(',')}}`)).toHaveLength(100);
});

test('what is no JSON is none here either', () => {
  for (const text of ['', '{', '{"a":1}{}', '{a:1}', '/**/1']) expect(() => parseStrictJson(text)).toThrow(SyntaxError);
});

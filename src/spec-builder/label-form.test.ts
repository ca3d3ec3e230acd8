import { describe, expect, test } from 'bun:test';
import { isLabelValue } from '../schema/text.ts';
import { labelForm } from './label-form.ts';

describe('the label form of a name', () => {
  test.each([
    ['foo_', 'foo-xxx-u'],
    ['foo_-_', 'foo-xxx-u-h-u'],
    ['-foo', 'h-xxx-foo'],
    ['____foo__bar--baz__quux____', 'u-u-u-u-xxx-foo__bar-baz__quux-xxx-u-u-u-u'],
    ['JupyterLab Datascience', 'jupyterlab-datascience'],
    ['sriram.srinivasan', 'sriram-srinivasan'],
    ['a@b.org', 'aatb-org'],
    ["Foo & Bar's", 'foo-and-bars'],
    ['Name (v2.0)', 'name-v2-0-xxx'],
    ['___', 'u-u-u-xxx-xxx-h'],
    ['ümlaut.ñandú', 'xxx-mlaut-nand-xxx'],
    ['日本', 'xxx-xxx-h'],
    ['a – b', 'a-b'],
    ['Wörter “in” Köln 1', 'worter-in-koln-1'],
    ['aÃ©b', 'aa-c-b'],
    ['', ''],
  ])('%s is %s', (name, label) => {
    expect(labelForm(name)).toBe(label);
  });

  test('a long one is cut after the last word that fits', () => {
    expect(labelForm(`${'x'.repeat(40)} ${'y'.repeat(22)} z`)).toBe(`${'x'.repeat(40)}-${'y'.repeat(22)}`);
    expect(labelForm(`${'x'.repeat(40)} ${'y'.repeat(23)}`)).toBe('x'.repeat(40));
    expect(labelForm('x'.repeat(70))).toBe('x'.repeat(63));
  });

  test('a cut that would end in a character no label may end in goes further', () => {
    expect(labelForm('ab_'.repeat(25))).toBe('ab_'.repeat(21).slice(0, -1));
    expect(labelForm(`${'x'.repeat(62)}_-_y`)).toBe('x'.repeat(62));
  });

  test('whatever the name, the result is the value of a label, and empty for nothing else', () => {
    const alphabet = ['-', '_', '.', ' ', 'a', 'Z', '9', 'ß', '’', '&', '@', '—', '日', '\u{1f600}', '\ud800', '/', '\n', 'É'];
    let seed = 7;
    for (let n = 0; n < 5000; n += 1) {
      let name = '';
      for (let length = 1 + (n % 90); length > 0; length -= 1) {
        seed = (seed * 48_271) % 2_147_483_647;
        name += alphabet[seed % alphabet.length] ?? '';
      }
      const label = labelForm(name);
      if (!isLabelValue(label) || label === '') throw new Error(`${JSON.stringify(name)} became ${label}`);
    }
  });
});

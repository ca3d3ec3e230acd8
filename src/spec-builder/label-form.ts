import unidecode from 'unidecode';

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ */
const MOST_CHARACTERS = 63;

/** What stands for a character at the edge of a name, where a label needs a letter or digit. */
const EDGE: Readonly<Record<string, string>> = { '-': 'h', _: 'u' };
const SEPARATOR = '-xxx-';

/** Done before letters are made ASCII, because their transliteration would be another one. */
const SUBSTITUTES: readonly (readonly [RegExp, string])[] = [
  [/["'’]/g, ''],
  [/[‒–—―]/g, '-'],
  [/&/g, 'and'],
  [/@/g, 'at'],
];

/**
 * The form that a name takes as a label's value. Other services compute it too, to find objects by label, so every step is a contract (app-exposer's
 * `common/labels.go` over gosimple/slug 1.15). The result of a text that is not empty is a valid value that is not empty.
 */
export function labelForm(text: string): string {
  const edged = text.replace(/^[^0-9A-Za-z]+/u, (run) => `${edge(run)}${SEPARATOR}`).replace(/[^0-9A-Za-z]+$/u, (run) => `${SEPARATOR}${edge(run)}`);
  return shorten(slug(edged));
}

function edge(run: string): string {
  return Array.from(run, (character) => EDGE[character] ?? '').join('-');
}

function slug(text: string): string {
  const substituted = SUBSTITUTES.reduce((rest, [from, to]) => rest.replace(from, to), text);
  // One character at a time: the package takes some pairs of Latin letters for bytes of UTF-8 and leaves them as they are.
  const ascii = Array.from(substituted, (character) => unidecode(character)).join('');
  return trim(
    ascii
      .toLowerCase()
      .replace(/[^a-z0-9_-]/g, '-')
      .replace(/-+/g, '-'),
  );
}

/** Whole words as far as they fit. Where the cut leaves `-` or `_` at the end, they go too: no label's value may end in them. */
function shorten(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  const lastWord = text.lastIndexOf('-', MOST_CHARACTERS);
  return trim(text.slice(0, lastWord === -1 ? MOST_CHARACTERS : lastWord));
}

function trim(text: string): string {
  return text.replace(/^[-_]+|[-_]+$/g, '');
}

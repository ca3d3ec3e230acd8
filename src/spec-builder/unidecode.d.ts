declare module 'unidecode' {
  /** The text in ASCII, letters by their sound. What has no transliteration is left out. */
  function unidecode(text: string): string;
  export = unidecode;
}

import { LineCounter, parseDocument } from 'yaml';

/** The scalars of a YAML document by dotted path, or what is wrong with the document. */
export type FlatYaml = { readonly ok: true; readonly values: ReadonlyMap<string, string> } | { readonly ok: false; readonly message: string };

/**
 * Flattens a YAML document. Every scalar is taken as the text that stands there, so that a tag `1.10` stays one. Errors name a line and never quote
 * it: the file holds passwords.
 */
export function flattenYaml(text: string): FlatYaml {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { schema: 'failsafe', merge: true, prettyErrors: false, lineCounter });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    return { ok: false, message: `is not YAML: line ${line}, column ${col}: ${error.code.toLowerCase().replaceAll('_', ' ')}` };
  }
  const content: unknown = safeJs(() => document.toJS({ maxAliasCount: 100 }));
  if (content === null || content === undefined || content === '') return { ok: true, values: new Map() };
  if (typeof content !== 'object' || Array.isArray(content)) return { ok: false, message: 'must be a mapping of keys to values' };
  const values = new Map<string, string>();
  flatten(content, '', values);
  return { ok: true, values };
}

function safeJs(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    // Aliases that multiply without bound, or that are not defined: nothing in it can be trusted.
    return [];
  }
}

function flatten(node: object, prefix: string, values: Map<string, string>): void {
  for (const [key, value] of Object.entries(node)) {
    const path = `${prefix}${key}`;
    if (Array.isArray(value)) values.set(path, value.filter((item) => typeof item === 'string').join(','));
    else if (typeof value === 'object' && value !== null) flatten(value, `${path}.`, values);
    else if (typeof value === 'string' && value !== '~' && value !== 'null') values.set(path, value);
  }
}

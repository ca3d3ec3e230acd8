import { Document, visit } from 'yaml';
import { isPrintable, printableDocument, printablePage } from './printable.ts';

export type OutputForm = 'table' | 'json' | 'yaml';

/** Standard output gets the document, or what `asTable` makes for people. */
export function print(form: OutputForm, document: unknown, asTable: () => string): void {
  process.stdout.write(form === 'table' ? printablePage(asTable()) : documentText(form, document));
}

/** For programs, and for people who read what programs get. */
export function documentText(form: 'json' | 'yaml', document: unknown): string {
  return form === 'json' ? printableDocument(`${JSON.stringify(document, null, 2)}\n`) : yamlOf(document);
}

/** For programs that read YAML 1.1, as those of Kubernetes do: there `yes` and `on` must stand in quotes. No anchors and no folded lines. */
export function yamlOf(document: unknown): string {
  const yaml = new Document(document, { compat: 'yaml-1.1', aliasDuplicateObjects: false });
  visit(yaml, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === 'string' && !isPrintable(scalar.value.replace(/[\n\t]/g, ''))) scalar.type = 'QUOTE_DOUBLE';
    },
  });
  return printableDocument(yaml.toString({ lineWidth: 0 }));
}

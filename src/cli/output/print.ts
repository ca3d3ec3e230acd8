import { stringify } from 'yaml';

export type OutputForm = 'table' | 'json' | 'yaml';

/** Standard output gets the document, or what `asTable` makes for people. */
export function print(form: OutputForm, document: unknown, asTable: () => string): void {
  process.stdout.write(form === 'table' ? asTable() : documentText(form, document));
}

function documentText(form: 'json' | 'yaml', document: unknown): string {
  return form === 'json' ? `${JSON.stringify(document, null, 2)}\n` : yamlOf(document);
}

/** For programs that read YAML 1.1, as those of Kubernetes do: there `yes` and `on` must stand in quotes. No anchors and no folded lines. */
export function yamlOf(document: unknown): string {
  return stringify(document, { compat: 'yaml-1.1', aliasDuplicateObjects: false, lineWidth: 0 });
}

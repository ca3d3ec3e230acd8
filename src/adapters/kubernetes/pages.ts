import type { Selection } from '../../deployer/ports.ts';
import { NotFoundError } from '../../errors/errors.ts';
import { type Page, pageIn } from './answers.ts';
import { resourcePath, withQuery } from './path.ts';
import type { Transport } from './transport.ts';

/** Objects a page of a list: what is in memory of one at a time, about a quarter of a MB for pods. */
const PAGE_SIZE = '25';

/** A list in pages of bounded size. A kind that is not served has one page without objects. */
export async function* pages(transport: Transport, selection: Selection, namespace: string, signal: AbortSignal): AsyncGenerator<Page> {
  let next: string | undefined;
  do {
    const path = selectedPath(selection, namespace, { limit: PAGE_SIZE, continue: next });
    const call = { method: 'GET', path, verb: 'list', what: selection.kind, ...accepting(selection, 'PartialObjectMetadataList') } as const;
    const page = await absentIf404(() => transport.send(call, signal).then(pageIn));
    yield page ?? { items: [], resourceVersion: '' };
    next = page?.next;
  } while (next !== undefined);
}

export function selectedPath(selection: Selection, namespace: string, query: Readonly<Record<string, string | undefined>>): string {
  const { resource, everywhere = false, labelSelector, fieldSelector } = selection;
  return withQuery(resourcePath(resource, everywhere ? undefined : namespace), { ...query, labelSelector, fieldSelector });
}

/** A server that cannot leave out what is not read sends the whole; https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches. */
export function accepting(
  { metadataOnly = false }: Selection,
  form: 'PartialObjectMetadata' | 'PartialObjectMetadataList',
): { readonly accept?: string } {
  return metadataOnly ? { accept: `application/json;as=${form};g=meta.k8s.io;v=1,application/json` } : {};
}

export async function absentIf404<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (err) {
    if (err instanceof NotFoundError) return undefined;
    throw err;
  }
}

import { KINDS, type Kind, type Resource } from '../../deployer/kinds.ts';

/** Where the objects of a kind are; https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris. */
export function collectionPath(kind: Kind, namespace: string): string {
  return resourcePath(KINDS[kind], namespace);
}

/** Without a namespace: everywhere. */
export function resourcePath({ apiVersion, plural, namespaced }: Resource, namespace: string | undefined): string {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${group}${namespaced && namespace !== undefined ? `/namespaces/${namespace}` : ''}/${plural}`;
}

export function objectPath(kind: Kind, namespace: string, name: string): string {
  return `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`;
}

/** `path` with a query; what is undefined is left out. */
export function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

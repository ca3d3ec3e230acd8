import { Type } from '@sinclair/typebox';
import { check } from '../../schema/check.ts';
import { apiVersionOf, type Kind, type Kinds, type Metadata, writable } from './kinds.ts';
import { badRequest, invalid } from './status-error.ts';

const Texts = Type.Record(Type.String(), Type.String());
const Owner = Type.Object({ apiVersion: Type.String(), kind: Type.String(), name: Type.String(), uid: Type.String() });
const Envelope = Type.Object({
  apiVersion: Type.String(),
  kind: Type.String(),
  metadata: Type.Object({
    name: Type.String({ pattern: '^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$' }),
    namespace: Type.Optional(Type.String()),
    labels: Type.Optional(Texts),
    annotations: Type.Optional(Texts),
    finalizers: Type.Optional(Type.Array(Type.String())),
    ownerReferences: Type.Optional(Type.Array(Owner)),
  }),
  spec: Type.Optional(Type.Object({})),
});

/** A manifest as a client sends it. */
export type ManifestIn<K extends Kind> = Omit<Kinds[K], 'apiVersion' | 'kind' | 'metadata'> & {
  readonly metadata: Pick<Metadata, 'name' | 'namespace' | 'labels' | 'annotations' | 'finalizers' | 'ownerReferences'>;
};

/** Checks what every kind has in common; `name` is that of the URL, where there is one. */
export function manifestIn<K extends Kind>(kind: K, namespace: string, body: unknown, name?: string): ManifestIn<K> {
  const checked = check(Envelope, body);
  if (!checked.ok) {
    const [fault] = checked.faults;
    throw invalid(kind, name ?? '', fault?.path ?? '', fault?.message ?? 'is not a manifest');
  }
  const { apiVersion, metadata, ...rest } = checked.value;
  const known = apiVersionOf(kind);
  if (apiVersion !== known || rest.kind !== kind) {
    throw badRequest(`${rest.kind} in version "${apiVersion}" cannot be handled as a ${kind} in version "${known}"`);
  }
  if ((metadata.namespace ?? namespace) !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  if (name !== undefined && metadata.name !== name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  }
  const manifest = { ...rest, metadata: { name: metadata.name, ...writable(metadata) } };
  // The envelope is checked. The content of each kind is not: whoever reads it here takes every field as optional, as its type says.
  return manifest as unknown as ManifestIn<K>;
}

/** On every object that the deployer writes: its watches select by it, and nothing without it is ever swept. */
export const MANAGED_BY = { key: 'app.kubernetes.io/managed-by', value: 'vice-deployer' } as const;

/** On PersistentVolumes, which have no namespace: the one of the deployer that made them. */
export const VOLUME_NAMESPACE = 'vice/namespace';

/** Annotation of PersistentVolumes, which cannot be owned by a namespaced object: the uid of the anchor that they were made under. */
export const VOLUME_ANCHOR = 'vice/anchor-uid';

export const managedSelector = `${MANAGED_BY.key}=${MANAGED_BY.value}`;

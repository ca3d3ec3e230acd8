import type { KeyVault } from '../../cluster-registry/ports.ts';
import { open, type Place, seal } from './envelope.ts';
import type { KeyRing } from './key-ring.ts';

/** Seals the private keys of `vice_clusters` with the keys of a ring. */
export function keyVault(ring: KeyRing): KeyVault {
  return {
    canSeal: ring.length > 0,
    seal: (id, clientKey) => seal(clientKey, placeOf(id), ring),
    open: (id, sealed) => open(sealed, placeOf(id), ring),
  };
}

/** Where the sealed key of a cluster belongs. */
export function placeOf(id: string): Place {
  return { table: 'vice_clusters', column: 'client_key_encrypted', id };
}

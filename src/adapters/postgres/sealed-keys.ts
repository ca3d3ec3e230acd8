import type { Actor } from '../../cluster-registry/ports.ts';
import { ask } from './ask.ts';
import { audited } from './audit.ts';
import type { Database } from './database.ts';

/** The sealed private key of one cluster. */
export interface SealedKey {
  readonly id: string;
  readonly name: string;
  readonly sealed: Uint8Array;
}

/** The sealed private keys of `vice_clusters`, for whoever seals them anew. Every method @throws UnavailableError when the database cannot be reached. */
export function sealedKeys(db: Database) {
  return {
    list: (signal: AbortSignal): Promise<readonly SealedKey[]> =>
      ask(
        async () => db<SealedKey[]>`
          SELECT id, name, client_key_encrypted AS sealed FROM vice_clusters WHERE client_key_encrypted IS NOT NULL ORDER BY name`,
        { what: 'read the sealed keys', signal, repeatable: true },
      ),

    /** False when the key has been changed meanwhile: then it stays as it is. */
    replace: async ({ id, sealed }: SealedKey, fresh: Uint8Array, by: Actor, signal: AbortSignal): Promise<boolean> => {
      const statement = async () => db`
        UPDATE vice_clusters SET client_key_encrypted = ${Buffer.from(fresh)}
        WHERE id = ${id} AND client_key_encrypted = ${Buffer.from(sealed)}
        RETURNING ${audited(db, 'rotate-key', by)}`;
      const { count } = await ask(statement, { what: 'seal a key anew', signal });
      return count === 1;
    },
  };
}

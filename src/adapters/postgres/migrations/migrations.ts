import { createHash } from 'node:crypto';
import clustersUp from '../../../../migrations/000001_vice_clusters.up.sql' with { type: 'text' };
import deploymentsUp from '../../../../migrations/000002_vice_deployments.up.sql' with { type: 'text' };
import keyReferencesUp from '../../../../migrations/000003_cluster_key_references.up.sql' with { type: 'text' };
import auditUp from '../../../../migrations/000004_vice_audit.up.sql' with { type: 'text' };
import placementAmountsUp from '../../../../migrations/000005_placement_amounts.up.sql' with { type: 'text' };
import tombstonesUp from '../../../../migrations/000006_vice_tombstones.up.sql' with { type: 'text' };
import auditOfItsOwnerUp from '../../../../migrations/000007_audit_of_its_owner.up.sql' with { type: 'text' };
import listingOfAnalysesUp from '../../../../migrations/000008_listing_of_analyses.up.sql' with { type: 'text' };
import fencesUp from '../../../../migrations/000009_fences.up.sql' with { type: 'text' };

/** One step of the schema. What has landed is never edited: a new step follows. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  /** SHA-256 in hexadecimal of the text, line ends as on Unix. */
  readonly checksum: string;
}

/** Every step that this binary knows, in order: the files `migrations/NNNNNN_name.up.sql`. */
export const MIGRATIONS: readonly Migration[] = [
  migration(1, 'vice_clusters', clustersUp),
  migration(2, 'vice_deployments', deploymentsUp),
  migration(3, 'cluster_key_references', keyReferencesUp),
  migration(4, 'vice_audit', auditUp),
  migration(5, 'placement_amounts', placementAmountsUp),
  migration(6, 'vice_tombstones', tombstonesUp),
  migration(7, 'audit_of_its_owner', auditOfItsOwnerUp),
  migration(8, 'listing_of_analyses', listingOfAnalysesUp),
  migration(9, 'fences', fencesUp),
];

export function migration(version: number, name: string, sql: string): Migration {
  return { version, name, sql, checksum: createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex') };
}

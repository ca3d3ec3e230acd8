import { Type } from '@sinclair/typebox';

declare const brand: unique symbol;
/** Text that names one thing only. The brand exists for the compiler; at run time it is the text. */
type Branded<Name extends string> = string & { readonly [brand]: Name };

/**
 * `job_steps.external_id`, the key `uuid` of a launch. It names every object of an analysis in its cluster. Usually a UUID; what Kubernetes needs of
 * it is a DNS-1123 label of at most 63 characters (https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names).
 */
export type ExternalId = Branded<'ExternalId'>;
/** `jobs.id`: the platform's own name for an analysis. Never interchangeable with {@link ExternalId}. */
export type AnalysisId = Branded<'AnalysisId'>;
/** `vice_clusters.id`, a UUID. */
export type ClusterId = Branded<'ClusterId'>;

const LABEL_PATTERN = '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$';
const UUID_PATTERN = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';

const LABEL_MESSAGE = 'must be a DNS-1123 label: lower case letters, digits and "-", at most 63 characters, usually a UUID';

export const ExternalId = Type.Unsafe<ExternalId>(Type.String({ pattern: LABEL_PATTERN, errorMessage: LABEL_MESSAGE }));
const LABEL_REGEXP = new RegExp(LABEL_PATTERN);
/** Whether a text can be an {@link ExternalId}: what stands in a cluster may have been written by hand. */
export function isExternalId(text: string): text is ExternalId {
  return LABEL_REGEXP.test(text);
}
/** The id of a user (`users.id`): a DNS-1123 label, usually a UUID. */
export const UserId = Type.String({ pattern: LABEL_PATTERN, errorMessage: LABEL_MESSAGE });
/** Any text of at most 255 characters: the platform's older ids are no UUIDs. */
export const AnalysisId = Type.Unsafe<AnalysisId>(Type.String({ minLength: 1, maxLength: 255 }));
export const ClusterId = Type.Unsafe<ClusterId>(Type.String({ pattern: UUID_PATTERN, errorMessage: 'must be a UUID' }));

import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { ViceDeploymentSpec } from './deployment-spec.ts';

/**
 * What makes two specs the same: SHA-256, in lower-case hexadecimal, of the RFC 8785 JSON of the spec without `metadata.attempt`. Spelling of
 * numbers, order of keys and white space do not matter; order of lists does.
 */
export function specHash(spec: ViceDeploymentSpec): string {
  const { attempt: _, ...metadata } = spec.metadata;
  const text = canonicalize({ ...spec, metadata });
  if (text === undefined) throw new Error('cannot happen: an object has a canonical form');
  return createHash('sha256').update(text).digest('hex');
}

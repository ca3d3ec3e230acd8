import { SAMPLE_SPEC } from '../../src/conformance/sample-spec.ts';
import { specFrom, type Variation } from '../../src/conformance/spec-template.ts';
import type { ViceDeploymentSpec } from '../../src/schema/deployment-spec.ts';

/** What the conformance suite launches, as the spec of this analysis. */
export function sampleSpec(externalId: string, variation: Variation = {}): ViceDeploymentSpec {
  return specFrom(SAMPLE_SPEC, externalId, variation);
}

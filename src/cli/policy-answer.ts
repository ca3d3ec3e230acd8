import type { PolicyConfig } from '../config/policy-command.ts';
import { countOf, judge } from '../deployer/policy/check-policy.ts';
import { readSpec } from '../deployer/read-spec.ts';
import { TooLargeError } from '../errors/errors.ts';
import { ViceError } from '../errors/vice-error.ts';
import type { Fault } from '../schema/check.ts';
import type { ViceDeploymentSpec } from '../schema/deployment-spec.ts';
import type { Policy } from '../schema/policy.ts';
import { documentName, readDocument } from './read-document.ts';

/** What `vice policy check` says; its form is that of the deployer's own refusals. */
export interface Answer {
  readonly accepted: boolean;
  readonly external_id?: string;
  /** `spec_refused`, or why it is no spec at all. */
  readonly code?: string;
  readonly detail?: string;
  readonly faults?: readonly Fault[];
}

/** The verdict on the document that a command was given. */
export async function answerOf({ policy, document, maxBodyBytes }: Extract<PolicyConfig, { action: 'check' }>): Promise<Answer> {
  try {
    return verdictOn(policy, await specIn(document, maxBodyBytes));
  } catch (err) {
    if (!(err instanceof ViceError)) throw err;
    const { code, message, faults } = err;
    if (faults?.some(isOfALaunch)) return { accepted: false, code, detail: `${documentName(document)} ${A_LAUNCH}` };
    return { accepted: false, code, detail: message, ...(faults && { faults }) };
  }
}

const A_LAUNCH =
  'is no deployment spec but the body of a launch, of which the coordinator makes one: vice spec FILE --config service.yml | vice policy check -';

/** Both are called spec; its steps are what a launch has and no other document. */
function isOfALaunch({ path }: Fault): boolean {
  return path === 'steps';
}

async function specIn(document: string, maxBodyBytes: number): Promise<ViceDeploymentSpec> {
  const bytes = await readDocument(document);
  if (bytes.byteLength > maxBodyBytes) throw new TooLargeError(`${documentName(document)} is larger than ${maxBodyBytes} bytes`);
  return readSpec(bytes, documentName(document));
}

function verdictOn(policy: Policy, spec: ViceDeploymentSpec): Answer {
  const { external_id } = spec.metadata;
  const faults = judge(policy, spec);
  if (faults.length === 0) return { accepted: true, external_id };
  return { accepted: false, external_id, code: 'spec_refused', detail: `the policy refuses the spec: ${countOf(faults)}`, faults };
}

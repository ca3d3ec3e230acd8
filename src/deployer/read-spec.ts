import { InvalidDocumentError } from '../errors/errors.ts';
import { check, type Fault } from '../schema/check.ts';
import { ViceDeploymentSpec } from '../schema/deployment-spec.ts';
import { parseStrictJson, type StrictJson } from '../schema/strict-json.ts';
import { unspeakable } from '../schema/unspeakable.ts';

/**
 * The deployment spec in these bytes, `what` for the messages (`the body`). A document that another program could read in another way is none, so that
 * what is checked is what is meant. @throws InvalidDocumentError with every fault
 */
export function readSpec(bytes: Uint8Array, what: string): ViceDeploymentSpec {
  if (bytes.byteLength === 0) throw new InvalidDocumentError(`${what} is empty, a JSON document was expected`);
  const { value, faults } = parsed(bytes, what);
  if (faults.length > 0) throw refused(what, faults);
  const checked = check(ViceDeploymentSpec, value);
  if (!checked.ok) throw refused(what, checked.faults);
  const strange = unspeakable(value);
  if (strange.length > 0) throw refused(what, strange);
  return checked.value;
}

function refused(what: string, faults: readonly Fault[]): InvalidDocumentError {
  return new InvalidDocumentError(`${what} is no deployment spec`, { faults });
}

function parsed(bytes: Uint8Array, what: string): StrictJson {
  try {
    return parseStrictJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (err) {
    // The parser's own remark may quote a little of the document: it goes to its sender alone.
    const remark = err instanceof SyntaxError ? `: ${err.message.slice(0, 100)}` : '';
    throw new InvalidDocumentError(`${what} is not JSON${remark}`, { cause: err });
  }
}

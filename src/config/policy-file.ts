import { LineCounter, parseDocument } from 'yaml';
import type { Fault } from '../schema/check.ts';
import type { Policy } from '../schema/policy.ts';
import { BUILT_IN_POLICY, readPolicy } from '../schema/read-policy.ts';
import { textOfNamed } from './named-file.ts';

/** The policy in the file, YAML or JSON; without a file the built-in one. What is wrong with it is added to `faults`, what should be known to `warnings`. */
export function policyIn(path: string | undefined, faults: Fault[], warnings: string[] = []): Policy {
  if (path === undefined) return BUILT_IN_POLICY;
  const document = documentIn(path, faults);
  if (document === undefined) return BUILT_IN_POLICY;
  // A file that was cut, or a key of a ConfigMap that holds nothing, would otherwise lift every limit of the cluster in silence.
  if (document.value === null) warnings.push(`the policy ${path} is empty: the built-in policy holds`);
  const policy = readPolicy(document.value);
  if (policy.ok) return policy.value;
  faults.push(...policy.faults.map((fault) => ({ ...fault, path: fault.path === '' ? path : `${fault.path} in ${path}` })));
  return BUILT_IN_POLICY;
}

function documentIn(path: string, faults: Fault[]): { readonly value: unknown } | undefined {
  const text = textOfNamed('--policy', path, faults);
  if (text === undefined) return undefined;
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, lineCounter });
  for (const { pos, message } of [...document.errors, ...document.warnings]) {
    faults.push({ path, message: `is not YAML: line ${lineCounter.linePos(pos[0]).line}: ${message}` });
  }
  if (document.errors.length > 0) return undefined;
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) };
  } catch (err) {
    faults.push({ path, message: `is not YAML: ${err instanceof Error ? err.message : String(err)}` });
    return undefined;
  }
}

import {
  ClusterFullError,
  ClusterMisconfiguredError,
  ConflictError,
  DeployerAuthError,
  FencedError,
  OverloadedError,
  SpecRefusedError,
  TerminatingError,
  UnavailableError,
  UpstreamError,
} from '../../errors/errors.ts';
import type { ErrorFacts, ViceError } from '../../errors/vice-error.ts';
import { check } from '../../schema/check.ts';
import { Problem } from '../../schema/problem.ts';
import type { Answer } from './exchange.ts';

type Make = (message: string, facts: ErrorFacts) => ViceError;

const BY_CODE: Readonly<Record<string, Make>> = {
  conflict: (message, facts) => new ConflictError(message, facts),
  terminating: (message, facts) => new TerminatingError(message, facts),
  client_refused: (message, facts) => new DeployerAuthError(message, facts),
  fenced: (message, facts) => new FencedError(message, facts),
  cluster_misconfigured: (message, facts) => new ClusterMisconfiguredError(message, facts),
  cluster_full: (message, facts) => new ClusterFullError(message, facts),
  overloaded: (message, facts) => new OverloadedError(message, facts),
  spec_refused: (message, facts) => new SpecRefusedError(message, facts),
  // A deployer of another version that does not understand the document has created nothing of it.
  invalid_document: (message, facts) => new SpecRefusedError(message, facts),
  too_large: (message, facts) => new SpecRefusedError(message, facts),
  unsupported_media_type: (message, facts) => new SpecRefusedError(message, facts),
  unavailable: (message, facts) => new UnavailableError(message, facts),
};

/**
 * The error that an answer tells. Only a problem document with a code that we know says what became of the request; any other answer may come
 * from something between us and a deployer that did its work, so that the outcome is not known: a gateway that repeats requests may turn away the second
 * one only.
 */
export function errorOf(answer: Answer): ViceError {
  const problem = check(Problem, parsed(answer.text));
  if (problem.ok) {
    const { detail, title, code, faults, details } = problem.value;
    const facts: ErrorFacts = { ...(faults && { faults }), details: { ...details, status: answer.status, code } };
    const make = BY_CODE[code];
    return make ? make(detail ?? title, facts) : new UpstreamError(detail ?? title, facts);
  }
  const details = { status: answer.status, answer: answer.text.slice(0, 500) };
  return new UpstreamError(`the deployer answered ${answer.status} with what is no answer of a deployer`, { details });
}

/** Undefined for what is no JSON, which no schema takes. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Objects of a cluster come from outside: what is not there, or is not what it should be, reads as absent. */
export type Json = Readonly<Record<string, unknown>>;

export function record(value: unknown): Json {
  return isRecord(value) ? value : {};
}

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function records(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** Undefined when it is no text or empty. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function count(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

/** The condition of this type in a status, where Kubernetes has it: `status.conditions[]`. */
export function condition(status: Json, type: string): Json | undefined {
  return records(status['conditions']).find((one) => one['type'] === type);
}

/** Names, without case and punctuation, whose values never show. */
const SECRET = new Set(['key', 'passwd', 'dburi', 'dblistenuri', 'kubeconfigtext']);
/** ... and the ends of such names: `x-api-token`, `keycloakClientSecret`. */
const SECRET_ENDINGS = /(?:authorization|cookie|password|secret|token|clientkey|privatekey|apikey|tlskey)$/;

/** Nothing that we log is nested more deeply. What is would not be looked at, so it is not shown either. */
const DEEPEST = 8;

const CENSOR = '[redacted]';

/**
 * What is logged, with `[redacted]` in the place of every value that has the name of a secret, however deep it lies. Nothing is copied where nothing is
 * redacted: pino's own redaction costs a line some 40 µs when the depth of a name is not known, this one 1 µs.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEEPEST) return '[too deep]';
  // The bytes of a file may be those of a key, and nobody reads bytes in a log.
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  const told = 'toJSON' in value && typeof value.toJSON === 'function' ? value.toJSON() : value;
  if (told !== value) return redact(told, depth + 1);
  return Array.isArray(value) ? redactList(value, depth) : redactObject(value, depth);
}

function redactList(list: readonly unknown[], depth: number): unknown {
  let copy: unknown[] | undefined;
  for (let index = 0; index < list.length; index += 1) {
    const shown = redact(list[index], depth + 1);
    if (shown !== list[index]) {
      copy ??= [...list];
      copy[index] = shown;
    }
  }
  return copy ?? list;
}

function redactObject(object: object, depth: number): object {
  let copy: Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(object)) {
    const shown = value !== undefined && isSecret(name) ? CENSOR : redact(value, depth + 1);
    if (shown !== value) {
      copy ??= { ...object };
      copy[name] = shown;
    }
  }
  return copy ?? object;
}

/** The names in our lines are few; those of others' objects must not fill the memory. */
const MOST_REMEMBERED = 1_000;
const remembered = new Map<string, boolean>();

function isSecret(name: string): boolean {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const bare = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const answer = SECRET.has(bare) || SECRET_ENDINGS.test(bare);
  if (remembered.size < MOST_REMEMBERED) remembered.set(name, answer);
  return answer;
}

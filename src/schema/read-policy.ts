import { KindGuard, type TObject, type TSchema, Type } from '@sinclair/typebox';
import { type Checked, check, type Fault } from './check.ts';
import { Policy } from './policy.ts';
import { parseQuantity } from './quantity.ts';

/** What may be left out of a policy's document: everything. */
const PolicyDocument = optional(Policy);

/** A policy document with its defaults filled in, or everything that is wrong with it, each with its path. An empty document is the built-in policy. */
export function readPolicy(document: unknown): Checked<Policy> {
  const checked = check(PolicyDocument, document ?? {});
  if (!checked.ok) return checked;
  // Every key that the document leaves out has a default in the schema, and what it says was checked above.
  const policy = filled(Policy, checked.value) as Policy;
  const faults = [...amountFaults(policy), ...imageFaults(policy), ...userFaults(policy)];
  return faults.length === 0 ? { ok: true, value: policy } : { ok: false, faults };
}

/** The policy of a deployer that was given none. */
// Every key has a default, and the tests read it as they read any document: checking it at each start would cost milliseconds.
export const BUILT_IN_POLICY: Policy = filled(Policy, {}) as Policy;

function optional(schema: TObject): TObject {
  const properties = Object.entries(schema.properties).map(([key, property]) => [
    key,
    Type.Optional(isObject(property) ? optional(property) : property),
  ]);
  return Type.Object(Object.fromEntries(properties), { additionalProperties: false });
}

function filled(schema: TSchema, value: unknown): unknown {
  if (!isObject(schema)) return value ?? structuredClone(schema['default']);
  const given = new Map(Object.entries(value ?? {}));
  return Object.fromEntries(Object.entries(schema.properties).map(([key, property]) => [key, filled(property, given.get(key))]));
}

function isObject(schema: TSchema): schema is TObject {
  return KindGuard.IsObject(schema);
}

const AMOUNTS = ['cpu', 'memory', 'ephemeral_storage', 'claim', 'empty_dir'] as const;

function amountFaults({ limits }: Policy): readonly Fault[] {
  const faulty = AMOUNTS.filter((key) => (parseQuantity(limits[key])?.nano ?? 0n) <= 0n);
  return faulty.map((key) => ({ path: `limits.${key}`, message: 'must be a positive amount in the notation of Kubernetes, such as 500m or 2Gi' }));
}

/**
 * A registry with a wildcard at its end would let in registries that only begin alike (`example.org*` and `example.org.elsewhere.net`), and one without
 * a path would be read as an image of docker.io: nobody means either.
 */
function imageFaults({ images }: Policy): readonly Fault[] {
  const message = 'must be *, or say the registry in full and a path: example.org/group/*, *.example.org/*, docker.io/library/nginx';
  return (['analysis', 'proxy', 'transfers'] as const).flatMap((role) =>
    images[role].flatMap((pattern, index) => (isImagePattern(pattern) ? [] : [{ path: `images.${role}[${index}]`, message }])),
  );
}

function isImagePattern(pattern: string): boolean {
  const [registry = '', ...path] = pattern.split('/');
  if (path.length === 0) return pattern === '*' || /^[^*.]+(:[^*]+)?$/.test(pattern);
  return !registry.replace(/^\*\./, '').includes('*') && path.every((part) => part !== '');
}

function userFaults({ security: { least_user, most_user } }: Policy): readonly Fault[] {
  return least_user <= most_user ? [] : [{ path: 'security.least_user', message: `must be at most security.most_user, ${most_user}` }];
}

import { KindGuard, type TObject, type TSchema, Type } from '@sinclair/typebox';
import { type Checked, check, type Fault } from './check.ts';
import { salvage } from './fit.ts';
import { Policy } from './policy.ts';
import { parseQuantity } from './quantity.ts';

/** What may be left out of a policy's document: everything. */
const PolicyDocument = optional(Policy);

/** A policy document with its defaults filled in, or everything that is wrong with it, each with its path. An empty document is the built-in policy. */
export function readPolicy(document: unknown): Checked<Policy> {
  const checked = check(PolicyDocument, document ?? {});
  const ofShape = checked.ok ? [] : checked.faults;
  // Every key that the document leaves out, or says wrongly, has a default in the schema.
  const policy = filled(Policy, checked.ok ? checked.value : salvage(PolicyDocument, document)) as Policy;
  const ofMeaning = [...amountFaults(policy), ...imageFaults(policy), ...hostFaults(policy), ...urlFaults(policy), ...userFaults(policy)];
  const faults = [...ofShape, ...ofMeaning];
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
  // In a list, what is no text was told by the schema; it keeps its place for the others.
  if (Array.isArray(value)) return value.map((item) => item ?? '*');
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

/** Every pattern that is not of the form that its place asks for. */
function formFaults(path: string, patterns: readonly string[], is: (pattern: string) => boolean, message: string): readonly Fault[] {
  return patterns.flatMap((pattern, index) => (pattern === '*' || is(pattern) ? [] : [{ path: `${path}[${index}]`, message: `must be ${message}` }]));
}

/**
 * A host with a wildcard at its end would let in hosts that only begin alike (`example.org*` and `example.org.elsewhere.net`): nobody means that, of
 * registries, URLs and domains alike.
 */
const HOST = '(?:\\*\\.)?[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?';
const DOMAIN_PATTERN = new RegExp(`^${HOST}$`);
const URL_PATTERN = new RegExp(`^https?://${HOST}(?::[0-9]+)?(?:/\\S*)?$`);
const REGISTRY_PATTERN = new RegExp(`^${HOST}(?::[0-9]+)?$`);

function imageFaults({ images }: Policy): readonly Fault[] {
  const message = '*, or say the registry in full and a path: example.org/group/*, *.example.org/*, docker.io/library/nginx';
  return (['analysis', 'proxy', 'transfers'] as const).flatMap((role) => formFaults(`images.${role}`, images[role], isImagePattern, message));
}

/** `nginx` is an image of docker.io; where there is a path, what comes before it must be a registry and not one half of a name there. */
function isImagePattern(pattern: string): boolean {
  const [registry = '', ...path] = pattern.split('/');
  if (path.length === 0) return /^[^*.]+(:[^*]+)?$/.test(pattern);
  return REGISTRY_PATTERN.test(registry) && /[.:]|^localhost$/.test(registry) && path.every((part) => part !== '');
}

function hostFaults({ hosts }: Policy): readonly Fault[] {
  return formFaults(
    'hosts.domains',
    hosts.domains,
    (pattern) => DOMAIN_PATTERN.test(pattern),
    '*, or a domain in lower case: example.org, *.example.org',
  );
}

function urlFaults({ proxy }: Policy): readonly Fault[] {
  const message = '*, or a URL whose host has a wildcard at its beginning alone: https://example.org, http://*.example.org/auth/*';
  return (['keycloak_urls', 'service_urls'] as const).flatMap((key) =>
    formFaults(`proxy.${key}`, proxy[key], (pattern) => URL_PATTERN.test(pattern), message),
  );
}

function userFaults({ security: { least_user, most_user } }: Policy): readonly Fault[] {
  return least_user <= most_user ? [] : [{ path: 'security.least_user', message: `must be at most security.most_user, ${most_user}` }];
}

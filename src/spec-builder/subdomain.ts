import { createHash } from 'node:crypto';
import type { SpecProfile } from './settings.ts';

/**
 * First label of an analysis' host: `a` and eight hexadecimal digits of SHA-256 over user id and external id, one right after the other. `apps` and
 * timelord compute the same, so the formula is a contract.
 */
export function subdomainOf(userId: string, externalId: string): string {
  return `a${createHash('sha256').update(userId).update(externalId).digest('hex').slice(0, 8)}`;
}

/** The host of the route: below the cluster's own domain if it has one, else the bare subdomain. */
export function routeHost({ domain }: Pick<SpecProfile, 'domain'>, subdomain: string): string {
  return domain === undefined ? subdomain : `${subdomain}.${domain}`;
}

/**
 * The URL that a user opens, and that the analysis and its proxy are told: the front end's with the subdomain before its host. Where the cluster has
 * a domain of its own, users come in through that, so it takes the place of the front end's host; scheme, port and path stay the front end's.
 */
export function frontendUrl({ frontendBase, domain }: Pick<SpecProfile, 'frontendBase' | 'domain'>, subdomain: string): string {
  const base = new URL(frontendBase);
  const port = base.port === '' ? '' : `:${base.port}`;
  const path = base.pathname === '/' && !frontendBase.endsWith('/') ? '' : base.pathname;
  return `${base.protocol}//${subdomain}.${domain ?? base.hostname}${port}${path}${base.search}`;
}

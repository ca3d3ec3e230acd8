import type { Role } from '../schema/caller.ts';
import type { Fault } from '../schema/check.ts';
import type { accessOptions } from './options/access-options.ts';
import type { Values } from './resolve.ts';

/** Whose tokens the coordinator asks for. */
export interface AccessConfig {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly rolesClaim: string;
  readonly roleNames: Readonly<Record<Role, string>>;
}

/** Nothing: nobody is asked. Faults are added to `faults`, and what should be known to `warnings`. */
export function accessOf(values: Values<typeof accessOptions>, faults: Fault[], warnings: string[]): AccessConfig | undefined {
  const { oidcIssuer: issuer, oidcAudience: audience, oidcRolesClaim: rolesClaim } = values;
  if (issuer === undefined) {
    // Whoever names an audience believes that tokens are asked for.
    if (audience.length > 0) faults.push({ path: '--oidc-issuer', message: 'is required with --oidc-audience' });
    return undefined;
  }
  if (audience.length === 0) {
    const message = 'is required with --oidc-issuer: without it, tokens that were given out for any other service would do';
    faults.push({ path: '--oidc-audience', message });
  }
  if (!issuer.startsWith('https:')) warnings.push('--oidc-issuer is asked for its keys in the clear: whoever sits between can make tokens');
  return { issuer, audience, rolesClaim, roleNames: { viewer: values.oidcViewerRole, operator: values.oidcOperatorRole } };
}

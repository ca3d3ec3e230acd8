import { list, name, url } from './option.ts';

const group = 'Access';

/** Who may call the coordinator. */
export const accessOptions = {
  oidcIssuer: url({
    flag: 'oidc-issuer',
    group,
    isOptional: true,
    help: 'OpenID Connect issuer whose bearer tokens /api/v1 and /vice/admin ask for, as it stands in them; without it nobody is asked who they are',
  }),
  oidcAudience: list({
    flag: 'oidc-audience',
    group,
    default: '',
    metavar: 'NAME,...',
    help: 'a token must be for one of these; required with --oidc-issuer',
  }),
  oidcRolesClaim: name({
    flag: 'oidc-roles-claim',
    group,
    default: 'realm_access.roles',
    metavar: 'CLAIM',
    help: 'where in a token the roles are: a list, or words with blanks between them; dots lead into objects',
  }),
  oidcViewerRole: name({ flag: 'oidc-viewer-role', group, default: 'vice-viewer', metavar: 'ROLE', help: 'the role that may read' }),
  oidcOperatorRole: name({ flag: 'oidc-operator-role', group, default: 'vice-operator', metavar: 'ROLE', help: 'the role that may read and change' }),
};

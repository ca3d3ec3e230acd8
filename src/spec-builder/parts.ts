import type { Analysis } from '../schema/analysis.ts';
import { type Labels, labelsOf } from './labels.ts';
import { type Names, namesOf } from './names.ts';
import type { SpecProfile } from './settings.ts';
import { frontendUrl, routeHost, subdomainOf } from './subdomain.ts';

/** What every manifest is made of. */
export interface Parts {
  readonly analysis: Analysis;
  readonly profile: SpecProfile;
  readonly names: Names;
  readonly labels: Labels;
  readonly subdomain: string;
  /** Host that the route answers for. */
  readonly host: string;
  /** Where a user opens the analysis. */
  readonly url: string;
}

export function partsOf(analysis: Analysis, profile: SpecProfile, loginIp: string): Parts {
  const subdomain = subdomainOf(analysis.user_id, analysis.uuid);
  return {
    analysis,
    profile,
    names: namesOf(analysis.uuid),
    labels: labelsOf(analysis, loginIp),
    subdomain,
    host: routeHost(profile, subdomain),
    url: frontendUrl(profile, subdomain),
  };
}

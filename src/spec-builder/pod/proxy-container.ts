import type { Container } from 'kubernetes-types/core/v1';
import { proxyResources } from '../body/amounts.ts';
import { appPortOf, uidOf } from '../body/container-of.ts';
import type { Parts } from '../parts.ts';
import { imageOf } from './image.ts';
import { proxySecurity } from './security.ts';

/** No tool may listen on it: all containers of a pod share their ports. */
export const PROXY_PORT = 60_002;
export const PROXY_PORT_NAME = 'tcp-proxy';

/** The Secret of each cluster that holds the proxy's Keycloak secret, and its key there. Kubelet puts it into the command; no manifest has it. */
export const PROXY_SECRET = 'vice-proxy';
export const PROXY_SECRET_KEY = 'KEYCLOAK_CLIENT_SECRET';

/** The container that lets only those in who may see the analysis. */
export function proxyContainer(parts: Parts): Container {
  const { profile } = parts;
  return {
    name: 'vice-proxy',
    image: imageOf(profile, profile.proxyImage, profile.proxyTag),
    imagePullPolicy: 'Always',
    command: proxyCommand(parts),
    env: [{ name: PROXY_SECRET_KEY, valueFrom: { secretKeyRef: { name: PROXY_SECRET, key: PROXY_SECRET_KEY } } }],
    ports: [{ name: PROXY_PORT_NAME, containerPort: PROXY_PORT, protocol: 'TCP' }],
    readinessProbe: { httpGet: { path: '/', port: PROXY_PORT, scheme: 'HTTP' } },
    resources: proxyResources(profile),
    securityContext: proxySecurity(uidOf(parts.analysis)),
  };
}

function proxyCommand({ analysis, profile, url }: Parts): string[] {
  const backend = `http://localhost:${appPortOf(analysis)}`;
  return [
    'vice-proxy',
    ...['--listen-addr', `0.0.0.0:${PROXY_PORT}`],
    ...['--backend-url', backend],
    ...['--ws-backend-url', backend],
    ...['--frontend-url', url],
    ...['--external-id', analysis.uuid],
    ...['--get-analysis-id-base', profile.getAnalysisIdBase],
    ...['--check-resource-access-base', profile.checkResourceAccessBase],
    ...['--keycloak-base-url', profile.keycloakBase],
    ...['--keycloak-realm', profile.keycloakRealm],
    ...['--keycloak-client-id', profile.keycloakClientId],
    ...['--keycloak-client-secret', `$(${PROXY_SECRET_KEY})`],
    ...(profile.disableProxyAuth ? ['--disable-auth'] : []),
  ];
}

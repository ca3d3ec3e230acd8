import type { PodSpec } from 'kubernetes-types/core/v1';
import type { DeploymentManifest } from '../../schema/manifest.ts';
import { uidOf } from '../body/container-of.ts';
import { selectorOf } from '../labels.ts';
import type { Parts } from '../parts.ts';
import { analysisContainer } from '../pod/analysis-container.ts';
import { proxyContainer } from '../pod/proxy-container.ts';
import { affinity, tolerations } from '../pod/scheduling.ts';
import { asUser } from '../pod/security.ts';
import { inputFilesContainer, inputFilesInitContainer, workingDirInitContainer } from '../pod/transfer-containers.ts';
import { volumes } from '../pod/volumes.ts';

/** One Deployment an analysis: others take its deletion for the analysis' end. */
export function deployment(parts: Parts): DeploymentManifest {
  const { analysis, names, labels } = parts;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: names.analysis, labels },
    spec: {
      replicas: 1,
      selector: selectorOf(analysis),
      template: { metadata: { labels }, spec: podSpec(parts) },
    },
  };
}

function podSpec(parts: Parts): PodSpec {
  const { analysis, profile, subdomain } = parts;
  const uid = uidOf(analysis);
  return {
    hostname: subdomain,
    restartPolicy: 'Always',
    automountServiceAccountToken: false,
    ...(profile.imagePullSecret !== '' && { imagePullSecrets: [{ name: profile.imagePullSecret }] }),
    securityContext: { ...asUser(uid), fsGroup: uid },
    tolerations: tolerations(parts),
    affinity: affinity(parts),
    volumes: volumes(parts),
    initContainers: [profile.useCsiDriver ? workingDirInitContainer(parts) : inputFilesInitContainer(parts)],
    containers: [proxyContainer(parts), ...(profile.useCsiDriver ? [] : [inputFilesContainer(parts)]), analysisContainer(parts)],
  };
}

import { codeIn, type Found, type Reason } from './reason.ts';

export const IMAGE_REASONS = {
  image_name_invalid: {
    is: 'The image of container {about} has a name that no registry can have',
    hint: "Correct the name of the image in the tool's description and launch it again.",
    isFinal: true,
  },
  image_not_found: {
    is: 'The image of container {about} is not in its registry',
    hint: 'Check the name and the tag of the image; it starts by itself once the image is there.',
  },
  image_unauthorized: {
    is: 'The registry does not let this cluster pull the image of container {about}',
    hint: "Check that the image exists; if it is private, ask the cluster's administrator for a pull secret that may read it.",
  },
  image_registry_unreachable: {
    is: 'This cluster does not reach the registry of the image of container {about}',
    hint: 'It is tried again by itself. If it goes on, check the host in the name of the image, and ask the administrator whether the cluster may reach it.',
  },
  image_rate_limited: {
    is: 'The registry has given this cluster as many images as it allows for now; that of container {about} has to wait',
    hint: 'It is tried again by itself. If it happens often, the administrator can pull with an account or through a mirror.',
  },
  image_wrong_platform: {
    is: 'The image of container {about} is not built for the processors of this cluster',
    hint: 'Build the image for them (usually linux/amd64), or launch the analysis on another cluster.',
    isFinal: true,
  },
  image_not_on_node: {
    is: 'The image of container {about} is not on the node, and its pull policy forbids pulling it',
    hint: 'Launch it with another pull policy, or ask the administrator to load the image onto the nodes.',
    isFinal: true,
  },
  image_pull_failed: {
    is: 'The image of container {about} cannot be pulled',
    hint: 'It is tried again by itself. If it goes on, check the name and the tag of the image, and that the cluster may pull it.',
  },
} as const satisfies Record<string, Reason>;

type ImageCode = keyof typeof IMAGE_REASONS;

/** `waiting.reason` of a container; kubelet's pkg/kubelet/images/types.go has the list. */
const WAITING = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);

/** What container runtimes and registries say, the more telling first: a refused registry often says "not found" as well. */
const SAID: readonly (readonly [RegExp, ImageCode])[] = [
  [/no match(ing manifest)? for (current )?platform|no matching manifest|does not match the specified platform/i, 'image_wrong_platform'],
  [/toomanyrequests|429 Too Many Requests|rate limit/i, 'image_rate_limited'],
  [
    /no such host|dial tcp|i\/o timeout|connection re(fused|set)|TLS handshake|x509:|deadline exceeded|unreachable|\b50[0234] |\bEOF\b/i,
    'image_registry_unreachable',
  ],
  [/unauthorized|denied|authorization failed|authentication required|\b40[13] |no basic auth|insufficient_scope/i, 'image_unauthorized'],
  [/not found|manifest unknown|name unknown|does not exist|\b404 /i, 'image_not_found'],
];

/** `said` is what the container waits with; `told` what an event of its pod says where that is silent: older kubelets give no cause while they wait. */
export function imageTrouble(about: string, reason: string, said: string | undefined, told: readonly string[]): Found<ImageCode> | undefined {
  if (!WAITING.has(reason)) return undefined;
  if (reason === 'InvalidImageName') return { code: 'image_name_invalid', about, said };
  if (reason === 'ErrImageNeverPull') return { code: 'image_not_on_node', about, said };
  for (const text of [said ?? '', ...told]) {
    const code = codeIn(text, SAID);
    if (code !== undefined) return { code, about, said: text };
  }
  return { code: 'image_pull_failed', about, said: said ?? reason };
}

import type { Warning } from '../warnings.ts';
import { codeIn, type Found, type Reason } from './reason.ts';

export const MOUNT_REASONS = {
  volume_config_map_missing: {
    is: 'A volume of the analysis is a ConfigMap that is not in the cluster',
    hint: 'The same launch again brings it back.',
  },
  volume_secret_missing: {
    is: 'A volume of the analysis is a Secret that is not in the cluster',
    hint: "The cluster's administrator makes it once, in the namespace of the analyses; then it starts by itself.",
  },
  csi_driver_missing: {
    is: 'The node does not have the storage driver of a volume',
    hint: 'The administrator installs the CSI driver on the nodes, or looks why it does not run there.',
  },
  volume_attach_failed: {
    is: 'A volume cannot be attached to the node',
    hint: 'It is tried again by itself; a volume is free some minutes after its former node is lost.',
  },
  volume_mount_failed: {
    is: 'A volume of the analysis cannot be mounted',
    hint: 'It is tried again by itself; if it goes on, ask the administrator about the storage that the message names.',
  },
  sandbox_failed: { is: 'The node cannot give the pod its network', hint: 'It is tried again by itself; if it goes on, ask the administrator.' },
} as const satisfies Record<string, Reason>;

type MountCode = keyof typeof MOUNT_REASONS;

const SAID: readonly (readonly [RegExp, MountCode])[] = [
  [/configmap "[^"]*" not found/i, 'volume_config_map_missing'],
  [/secret "[^"]*" not found/i, 'volume_secret_missing'],
  [/driver name \S+ not found in the list of registered CSI drivers|CSINode .* does not contain driver/i, 'csi_driver_missing'],
];

const EVENTS: Readonly<Record<string, MountCode>> = {
  FailedMount: 'volume_mount_failed',
  FailedMapVolume: 'volume_mount_failed',
  FailedAttachVolume: 'volume_attach_failed',
  FailedCreatePodSandBox: 'sandbox_failed',
  NetworkNotReady: 'sandbox_failed',
};

/** What keeps a node from making the containers of a pod; only events tell that. */
export function mountTrouble(warnings: readonly Warning[]): Found<MountCode> | undefined {
  const told = warnings.flatMap(({ reason, message }) => {
    const code = EVENTS[reason];
    return code === undefined ? [] : [{ code: codeIn(message, SAID) ?? code, said: message }];
  });
  // That the volumes were waited for in vain says less than why one of them was not there.
  return told.find(({ said }) => !/timed out waiting for the condition|unmounted volumes=/.test(said)) ?? told[0];
}

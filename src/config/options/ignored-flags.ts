/** A flag that existing manifests carry and that decides nothing here. It takes a value. */
export interface IgnoredFlag {
  readonly flag: string;
  readonly why: string;
}

const batch = 'batch jobs are not run by this program';
const nats = 'NATS is not used by this version';
const kubernetes = 'the coordinator never talks to Kubernetes; deployers do';

/** Flags of app-exposer that the coordinator accepts, so that its manifest starts as it is, and tells in the log. */
export const ignoredFlags: readonly IgnoredFlag[] = [
  ...['tlscert', 'tlskey', 'tlsca', 'creds'].map((flag) => ({ flag, why: nats })),
  ...['kubeconfig', 'namespace', 'vice-namespace'].map((flag) => ({ flag, why: kubernetes })),
  ...['transfer-image', 'transfer-working-dir', 'transfer-log-level', 'status-sender-image', 'workflow-namespace'].map((flag) => ({
    flag,
    why: batch,
  })),
  ...['batch-exit-handler-image', 'default-millicores'].map((flag) => ({ flag, why: batch })),
];

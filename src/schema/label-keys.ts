/**
 * Keys of the labels that an analysis' objects carry. Other services of the platform select by them, so the names are a contract.
 * `spec-builder/labels.ts` says what stands in each.
 */
export const LABEL = {
  externalId: 'external-id',
  appName: 'app-name',
  appId: 'app-id',
  username: 'username',
  userId: 'user-id',
  analysisName: 'analysis-name',
  appType: 'app-type',
  subdomain: 'subdomain',
  loginIp: 'login-ip',
  /** On the data store's PersistentVolume alone. */
  volumeName: 'volume-name',
} as const;

/** What {@link LABEL.appType} says of every interactive analysis. */
export const INTERACTIVE = 'interactive';

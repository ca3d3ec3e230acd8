/**
 * Whether a deployer's address leads out of the cluster that the coordinator runs in. A Service has a name without a dot or one that ends with `.svc`
 * or the cluster's domain (https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/); the loopback is a test or a demo.
 */
export function isRemote(deployerUrl: string): boolean {
  const { hostname } = new URL(deployerUrl);
  if (hostname.startsWith('[')) return hostname !== '[::1]';
  const isLocal = hostname.startsWith('127.') || hostname.endsWith('.localhost');
  const isService = !hostname.includes('.') || /\.svc(\.|$)|\.cluster\.local$/.test(hostname);
  return !isLocal && !isService;
}

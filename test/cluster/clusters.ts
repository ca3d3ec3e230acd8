/** A cluster the tests run against. */
export interface TestCluster {
  readonly name: string;
  /** Path of a cluster-admin's kubeconfig. */
  readonly kubeconfig: string;
  /** Path of kube-apiserver's audit log; unknown for a cluster that was not started here. */
  readonly auditLog?: string;
}

const kubeconfigs = 'VICE_TEST_KUBECONFIGS';
const auditLogs = 'VICE_TEST_AUDIT_LOGS';

/** The clusters of this run, at least two. @throws when the tests were not started by `npm run test:cluster` */
export function testClusters(): [TestCluster, TestCluster, ...TestCluster[]] {
  const [first, second, ...rest] = clustersOf(process.env);
  if (!first || !second) throw new Error(`these tests need two clusters: run them with npm run test:cluster, or set ${kubeconfigs}=path:path`);
  return [first, second, ...rest];
}

/** The clusters that an environment names; none when it names none. */
export function clustersOf(env: Readonly<Record<string, string | undefined>>): TestCluster[] {
  const logs = (env[auditLogs] ?? '').split(':');
  const paths = (env[kubeconfigs] ?? '').split(':').filter(Boolean);
  return paths.map((kubeconfig, n) => ({ name: `cluster-${n + 1}`, kubeconfig, ...(logs[n] && { auditLog: logs[n] }) }));
}

/** The environment that names these clusters. */
export function environmentOf(clusters: readonly TestCluster[]): Record<string, string> {
  return {
    [kubeconfigs]: clusters.map(({ kubeconfig }) => kubeconfig).join(':'),
    [auditLogs]: clusters.map(({ auditLog }) => auditLog ?? '').join(':'),
  };
}

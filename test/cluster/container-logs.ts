import { appendFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { TestCluster } from './clusters.ts';

/** In this namespace containers write what {@link containerWrites} says, and had an earlier life. */
export const TALKING_NAMESPACE = 'vice-talking';

/** What the containers of a cluster say, which are none: kwok answers with these files for the kubelet of each node. */
export async function writeContainerLogs(folder: string): Promise<void> {
  const file = (name: string) => join(folder, `${name}.log`);
  // Everywhere else every container of every pod says the same.
  await writeFile(
    file('container'),
    Array.from({ length: 20 }, (_, n) => runtimeLine(`line ${n + 1}`, new Date(Date.UTC(2026, 0, 2, 3, 4, 10 + n)))).join(''),
  );
  await writeFile(file('talking'), '');
  await writeFile(file('previous'), runtimeLine('the earlier life', new Date()));
  const documents = [
    {
      metadata: { name: 'talking' },
      spec: {
        selector: { matchNamespaces: [TALKING_NAMESPACE] },
        logs: [{ logsFile: file('talking'), previousLogsFile: file('previous'), follow: true }],
      },
    },
    { metadata: { name: 'everywhere' }, spec: { logs: [{ logsFile: file('container'), follow: true }] } },
  ];
  const text = documents.map((document) => stringify({ apiVersion: 'kwok.x-k8s.io/v1alpha1', kind: 'ClusterLogs', ...document })).join('---\n');
  await writeFile(join(folder, 'logs.yaml'), text);
}

/** Every container in the talking namespace writes a line. @throws for a cluster that was not started by these tests */
export async function containerWrites({ name, auditLog }: TestCluster, text: string): Promise<void> {
  if (auditLog === undefined) throw new Error(`${name} was not started by test:cluster, so its files are not known`);
  await appendFile(join(dirname(auditLog), 'talking.log'), runtimeLine(text, new Date()));
}

/** As a container runtime writes it: https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md. */
function runtimeLine(text: string, at: Date): string {
  return `${at.toISOString().replace('Z', '000000Z')} stdout F ${text}\n`;
}

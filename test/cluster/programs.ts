import { join } from 'node:path';
import { binFolder } from './build.ts';

/** The programs of a cluster, in the order in which they start. */
export const programs = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'] as const;
export type Program = (typeof programs)[number];

export interface Ports {
  readonly etcd: number;
  /** Where kube-apiserver finds it. */
  readonly etcdSeen: number;
  readonly etcdPeers: number;
  readonly apiserver: number;
  /** kwok answers for the kubelets of all nodes here: logs. */
  readonly kubelets: number;
}

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

// By default these programs send 20 and 50 requests a second at most: three analyses with a volume, where tests start hundreds.
const unlimited = ['--kube-api-qps=2000', '--kube-api-burst=2000'];

/** The command lines of one cluster whose files lie in `folder`; everything listens on 127.0.0.1 only. */
export function commandLines(folder: string, ports: Ports): Record<Program, Command> {
  const file = (name: string) => join(folder, name);
  const kubeconfig = `--kubeconfig=${file('kubeconfig')}`;
  return {
    etcd: { command: join(binFolder, 'server'), args: etcd(file, ports) },
    'kube-apiserver': { command: join(binFolder, 'kube-apiserver'), args: apiserver(file, ports) },
    'kube-controller-manager': {
      command: join(binFolder, 'kube-controller-manager'),
      args: [
        kubeconfig,
        `--service-account-private-key-file=${file('service-accounts.key')}`,
        `--root-ca-file=${file('ca.crt')}`,
        '--use-service-account-credentials=true',
        '--leader-elect=false',
        '--secure-port=0',
        ...unlimited,
        '--controllers=*,-nodeipam,-node-route-controller,-cloud-node-lifecycle-controller',
      ],
    },
    'kube-scheduler': { command: join(binFolder, 'kube-scheduler'), args: [kubeconfig, '--leader-elect=false', '--secure-port=0', ...unlimited] },
    kwok: {
      command: join(binFolder, 'kwok'),
      args: [
        kubeconfig,
        `--config=${join(binFolder, 'stages.yaml')}`,
        `--config=${file('logs.yaml')}`,
        '--manage-all-nodes=true',
        '--cidr=10.1.0.0/16',
        '--node-ip=127.0.0.1',
        `--node-port=${ports.kubelets}`,
        `--tls-cert-file=${file('server.crt')}`,
        `--tls-private-key-file=${file('server.key')}`,
        '--node-lease-duration-seconds=40',
      ],
    },
  };
}

function etcd(file: (name: string) => string, { etcd: port, etcdPeers }: Ports): string[] {
  const [clients, peers] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${etcdPeers}`];
  return [
    `--data-dir=${file('etcd')}`,
    `--listen-client-urls=${clients}`,
    `--advertise-client-urls=${clients}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
    '--unsafe-no-fsync', // a killed etcd loses nothing that it handed to the kernel
  ];
}

function apiserver(file: (name: string) => string, ports: Ports): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${ports.etcdSeen}`,
    `--secure-port=${ports.apiserver}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none', // no endpoint may lie in 127.0.0.0/8
    '--service-cluster-ip-range=10.0.0.0/16',
    '--authorization-mode=RBAC',
    // As clusters have it: what keeps privileged containers out there must not be this flag.
    '--allow-privileged=true',
    `--tls-cert-file=${file('server.crt')}`,
    `--tls-private-key-file=${file('server.key')}`,
    `--client-ca-file=${file('ca.crt')}`,
    `--kubelet-client-certificate=${file('admin.crt')}`,
    `--kubelet-client-key=${file('admin.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${file('service-accounts.key')}`,
    `--service-account-signing-key-file=${file('service-accounts.key')}`,
    `--audit-policy-file=${file('audit-policy.json')}`,
    `--audit-log-path=${file('audit.log')}`,
    '--audit-log-maxsize=4096', // MiB: marks are offsets, a rotated file would break them
  ];
}

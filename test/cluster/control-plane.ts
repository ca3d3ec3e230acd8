import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type BoundProcess, startBoundProcess } from '../../src/demo/bound-process.ts';
import { kube } from '../support/kube.ts';
import { waitFor } from '../support/wait-for.ts';
import { issue, makeAuthority, makeKey } from './certificates.ts';
import { writeContainerLogs } from './container-logs.ts';
import { type Command, commandLines, type Ports, type Program, programs } from './programs.ts';
import { seedCluster } from './seed-cluster.ts';

export interface ControlPlaneOptions {
  readonly name: string;
  /** Certificates, data and logs are kept here; made when it is not there, left when the cluster stops. */
  readonly folder: string;
  /**
   * Controllers, scheduler, simulated nodes and what analyses need to run. Without it there is the API alone: etcd and
   * kube-apiserver, with a third of the memory and half of the time.
   * @default true
   */
  readonly workloads?: boolean;
  /** Given etcd's port, gives that at which kube-apiserver finds it: of something in between. @default there is nothing */
  readonly beforeEtcd?: (port: number) => Promise<number>;
  /** Gives up starting. */
  readonly signal?: AbortSignal;
}

/** A Kubernetes cluster with a real control plane and simulated nodes. It ends with the process that started it. */
export interface ControlPlane {
  readonly name: string;
  readonly url: string;
  /** A cluster-admin's kubeconfig, certificates inside. */
  readonly kubeconfig: string;
  /** One JSON line a request, see audit.ts. */
  readonly auditLog: string;
  /** Ends one program at once, as a crash would, or as the signal says, and waits until it is gone. */
  kill(program: Program, deadly?: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Starts a program again on the same data and ports. With kube-apiserver it waits until that is ready. */
  restart(program: Program): Promise<void>;
  stop(): Promise<void>;
}

export async function startControlPlane({ name, folder, workloads = true, beforeEtcd, signal }: ControlPlaneOptions): Promise<ControlPlane> {
  await mkdir(folder, { recursive: true });
  const ports = await freePorts();
  const url = `https://127.0.0.1:${ports.apiserver}`;
  await makeCertificates(folder);
  await writeConfiguration(folder, name, url);
  const commands = commandLines(folder, { ...ports, etcdSeen: (await beforeEtcd?.(ports.etcd)) ?? ports.etcd });
  const wanted = workloads ? programs : programs.slice(0, 2);
  const running = new Map<Program, BoundProcess>();
  const kubeconfig = join(folder, 'kubeconfig');

  const start = async (program: Program) => {
    running.set(program, await startProgram(folder, program, commands[program]));
  };
  const ready = async () => {
    const isReady = async () => {
      await checkRunning(folder, running);
      const answer = await kube(kubeconfig).text('/readyz').catch(String); // refused until it listens
      return answer === 'ok';
    };
    await waitFor(isReady, { timeoutMs: 90_000, what: `kube-apiserver of ${name} to be ready`, signal });
  };
  const stop = async () => {
    await Promise.all([...running.values()].map((bound) => bound.stop()));
  };

  try {
    for (const program of wanted.slice(0, 2)) await start(program);
    await ready();
    for (const program of wanted.slice(2)) await start(program);
    await seedCluster(kube(kubeconfig), { workloads, signal });
    await checkRunning(folder, running);
  } catch (err) {
    await stop();
    throw err;
  }
  return {
    name,
    url,
    kubeconfig,
    auditLog: join(folder, 'audit.log'),
    kill: async (program, deadly = 'SIGKILL') => {
      running.get(program)?.kill(deadly);
      await running.get(program)?.exited;
    },
    restart: async (program) => {
      await start(program);
      if (program === 'kube-apiserver') await ready();
    },
    stop,
  };
}

async function startProgram(folder: string, program: Program, { command, args }: Command): Promise<BoundProcess> {
  // Nothing is lost by a kill (see the tests), and a kube-apiserver that is asked politely waits for its etcd, which has left too.
  return startBoundProcess({ command, args, logFile: join(folder, `${program}.log`), stopSignal: 'SIGKILL' });
}

/** @throws with the last lines of its log when a program has ended by itself */
async function checkRunning(folder: string, running: ReadonlyMap<Program, BoundProcess>): Promise<void> {
  for (const [program, bound] of running) {
    if (bound.isRunning()) continue;
    const log = await readFile(join(folder, `${program}.log`), 'utf8');
    throw new Error(`${program} ended with exit code ${await bound.exited}:\n${log.split('\n').slice(-15).join('\n')}`);
  }
}

async function makeCertificates(folder: string): Promise<void> {
  await makeAuthority(folder);
  const alternativeNames = ['DNS:localhost', 'IP:127.0.0.1', 'IP:10.0.0.1'];
  await Promise.all([
    issue(folder, { name: 'server', subject: '/CN=kube-apiserver', use: 'serverAuth', alternativeNames }),
    issue(folder, { name: 'admin', subject: '/O=system:masters/CN=admin', use: 'clientAuth' }),
    makeKey(folder, 'service-accounts.key'),
  ]);
}

async function writeConfiguration(folder: string, name: string, url: string): Promise<void> {
  const base64 = async (file: string) => (await readFile(join(folder, file))).toString('base64');
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server: url, 'certificate-authority-data': await base64('ca.crt') } }],
    users: [{ name, user: { 'client-certificate-data': await base64('admin.crt'), 'client-key-data': await base64('admin.key') } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'vice-apps' } }],
  };
  await writeFile(join(folder, 'kubeconfig'), stringify(kubeconfig), { mode: 0o600 });
  const policy = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages: ['RequestReceived'], rules: [{ level: 'Metadata' }] };
  await writeFile(join(folder, 'audit-policy.json'), JSON.stringify(policy));
  await writeContainerLogs(folder);
}

async function freePorts(): Promise<Omit<Ports, 'etcdSeen'>> {
  const servers = await Promise.all(Array.from({ length: 4 }, listen));
  const [etcd, etcdPeers, apiserver, kubelets] = servers.map(portOf);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  if (!etcd || !etcdPeers || !apiserver || !kubelets) throw new Error('no free ports on 127.0.0.1');
  return { etcd, etcdPeers, apiserver, kubelets };
}

async function listen(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number | undefined {
  const address = server.address();
  return address === null || typeof address === 'string' ? undefined : address.port;
}

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the programs, the stages of kwok (`stages.yaml`) and the definitions of the Gateway API (`crds/`) lie once built. */
export const binFolder = join(import.meta.dir, 'bin');

const kubernetes = 'v1.36.3'; // as in go.mod; without these three names kubectl cannot read the server's version
const names = { gitVersion: kubernetes, gitMajor: '1', gitMinor: '36' };
const linkerFlags = ['-s', '-w', ...Object.entries(names).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)].join(' ');
const buildFlags = ['-trimpath', `-ldflags=${linkerFlags}`];

/** `chaos` stages act only on objects that carry their label. */
const kwokStages = [
  'node/fast/node-initialize',
  'node/heartbeat-with-lease/node-heartbeat-with-lease',
  'node/chaos/node-not-ready',
  'pod/fast/pod-ready',
  'pod/fast/pod-complete',
  'pod/fast/pod-delete',
  'pod/chaos/pod-container-running-failed',
  'pod/chaos/pod-init-container-running-failed',
];
const gatewayKinds = ['gatewayclasses', 'gateways', 'httproutes'];

/** Builds what the clusters are made of, unless it is there already for exactly these versions and flags. The first build takes minutes. */
export async function buildControlPlane(signal: AbortSignal): Promise<void> {
  const stamp = join(binFolder, 'stamp');
  const wanted = await fingerprint();
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === wanted) return;
  if (Bun.which('go') === null) {
    throw new Error(`${await requiredGo()} or newer is needed to build the control planes (https://go.dev/dl); it was not found in PATH`);
  }
  await mkdir(join(binFolder, 'crds'), { recursive: true });
  await install(signal);
  signal.throwIfAborted();
  await writeStages();
  await copyDefinitions();
  await writeFile(stamp, wanted);
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([buildFlags, kwokStages, gatewayKinds]));
  for (const file of ['go.mod', 'go.sum', 'gateway-api/go.sum', 'stages/volumes.yaml']) hash.update(await readFile(join(import.meta.dir, file)));
  return hash.digest('hex');
}

async function requiredGo(): Promise<string> {
  const version = /^go (\S+)$/m.exec(await readFile(join(import.meta.dir, 'go.mod'), 'utf8'))?.[1];
  return `Go ${version}`;
}

async function install(signal: AbortSignal): Promise<void> {
  const started = performance.now();
  let packages = 0;
  const say = (what: string) => process.stderr.write(`test:cluster: ${what}, ${Math.round((performance.now() - started) / 1000)} s\n`);
  say('building Kubernetes, etcd and kwok; the first time this takes 5 to 10 minutes on two cores');
  const ticker = setInterval(() => say(`${packages} packages compiled so far`), 15_000);
  try {
    const onErrorLine = (line: string) => {
      if (!line.startsWith('go: ')) packages += 1;
    };
    await go(['install', '-v', ...buildFlags, 'tool'], import.meta.dir, { onErrorLine, signal });
  } finally {
    clearInterval(ticker);
  }
  say('built');
}

// Every document is followed by a separator of its own: a missing one merges two stages without a word.
async function writeStages(): Promise<void> {
  const module = await moduleFolder(import.meta.dir, 'sigs.k8s.io/kwok');
  const files = kwokStages.map((name) => join(module, 'kustomize', 'stage', `${name}.yaml`));
  const documents = await Promise.all([...files, join(import.meta.dir, 'stages', 'volumes.yaml')].map((file) => readFile(file, 'utf8')));
  await writeFile(join(binFolder, 'stages.yaml'), documents.join('\n---\n'));
}

async function copyDefinitions(): Promise<void> {
  const module = await moduleFolder(join(import.meta.dir, 'gateway-api'), 'sigs.k8s.io/gateway-api');
  for (const kind of gatewayKinds) {
    const target = join(binFolder, 'crds', `${kind}.yaml`);
    await copyFile(join(module, 'config/crd/standard', `gateway.networking.k8s.io_${kind}.yaml`), target);
    await chmod(target, 0o644); // files of the module cache are read-only
  }
}

/** Where a module lies in the module cache, in the version that the go.mod in `cwd` pins and with its checksum verified. */
async function moduleFolder(cwd: string, module: string): Promise<string> {
  const { Dir }: { Dir: string } = JSON.parse(await go(['mod', 'download', '-json', module], cwd));
  return Dir;
}

interface GoOptions {
  readonly onErrorLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

async function go(args: readonly string[], cwd: string, { onErrorLine, signal }: GoOptions = {}): Promise<string> {
  const env = { ...process.env, GOBIN: binFolder };
  const child = Bun.spawn(['go', ...args], { cwd, stdout: 'pipe', stderr: 'pipe', env, ...(signal && { signal }) });
  const errors: string[] = [];
  const readErrors = async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      for (const line of text.split('\n').filter(Boolean)) {
        onErrorLine?.(line);
        errors.push(line);
      }
    }
  };
  const [output, code] = await Promise.all([new Response(child.stdout).text(), child.exited, readErrors()]);
  if (code !== 0) throw new Error(`go ${args[0]} failed (exit code ${code}):\n${errors.slice(-20).join('\n')}`);
  return output;
}

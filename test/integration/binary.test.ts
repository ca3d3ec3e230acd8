import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { closeSync, openSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SandboxCluster, startSandboxCluster } from '../../src/demo/sandbox-cluster.ts';
import { builtBinary } from '../support/binary.ts';
import { httpEvent, startLambdaRuntime } from '../support/lambda-runtime.ts';
import { emptyDatabase } from '../support/postgres.ts';
import { waitFor } from '../support/wait-for.ts';

const root = join(import.meta.dir, '../..');

let binary: string;
let folder: string;
let sandbox: SandboxCluster;

/** Ended with the tests, also those of a test that failed. */
const started: Bun.Subprocess[] = [];

/** The binary in an empty folder, with nothing in its environment but what is given. */
function start(args: readonly string[], env: Readonly<Record<string, string>> = {}, cwd = folder) {
  const child = Bun.spawn([binary, ...args], { cwd, env: { PATH: '/usr/bin:/bin', ...env }, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
  started.push(child);
  return child;
}

async function finish(args: readonly string[], env: Readonly<Record<string, string>> = {}, cwd = folder) {
  const child = start(args, env, cwd);
  const [code, out, err] = await Promise.all([child.exited, new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code, out, err };
}

/** Reads the log until it says where the server listens; what follows is kept for later. */
async function listening(child: ReturnType<typeof start>) {
  const log: Record<string, unknown>[] = [];
  const lines = linesOf(child.stdout);
  for (;;) {
    const { value, done } = await lines.next();
    if (done) throw new Error(`it ended before it listened: ${await new Response(child.stderr).text()}`);
    log.push(JSON.parse(value));
    const url = log.at(-1)?.['url'];
    if (typeof url === 'string') return { url, log, rest: lines };
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
      yield text.slice(0, end);
      text = text.slice(end + 1);
    }
  }
}

beforeAll(async () => {
  binary = await builtBinary();
  folder = await mkdtemp(join(tmpdir(), 'vice-binary-'));
  sandbox = startSandboxCluster({ name: 'binary' });
}, 120_000);

afterAll(async () => {
  for (const child of started) child.kill('SIGKILL');
  await sandbox.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('the command line', () => {
  test('--version says version and commit', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const { code, out } = await finish(['--version']);
    expect([code, out]).toEqual([0, expect.stringMatching(new RegExp(`^vice ${version} \\([0-9a-f]{7,}|unknown commit\\)\n$`))]);
  });

  test('help tells of every mode and command, and each has a page of its own', async () => {
    const { code, out } = await finish(['--help']);
    expect(code).toBe(0);
    for (const topic of ['coordinator', 'standalone', 'lambda', 'spec', 'migrate']) {
      expect(out).toContain(topic);
      const page = await finish(['help', topic]);
      expect([topic, page.code, page.out]).toEqual([topic, 0, expect.stringContaining('Exit codes:')]);
    }
    expect(await finish(['--mode=standalone', '--help'])).toEqual(await finish(['help', 'standalone']));
    expect(await finish(['spec', '-h'])).toEqual(await finish(['help', 'spec']));
  });

  test('without mode and command it shows the help and exits 2', async () => {
    const { code, out } = await finish([]);
    expect([code, out]).toEqual([2, expect.stringContaining('--mode=coordinator')]);
  });

  test('an unknown mode or command exits 2 and suggests the right one', async () => {
    const faulty = [
      [['--mode=cordinator'], 'did you mean coordinator?'],
      [['-mode', 'lamda'], 'did you mean lambda?'],
      [['--mode'], 'there are coordinator, standalone, lambda'],
      [['migrat'], 'did you mean migrate?'],
      [['constructor'], 'there are spec, '],
      [['help', 'nothing'], 'there is no help on "nothing"'],
    ] as const;
    for (const [args, told] of faulty)
      expect([args, await finish(args)]).toMatchObject([args, { code: 2, out: '', err: expect.stringContaining(told) }]);
  });

  test('a faulty configuration names all its faults at once and exits 2', async () => {
    const { code, err } = await finish(['--mode=coordinator', '--port=x', '--prot=1', '--config', '/nowhere.yml'], {
      DISCOENV_DB_URI: 'mysql://u:hunter2@h/d',
    });
    expect(code).toBe(2);
    for (const told of [
      '--port: must be',
      '--prot: is not a known flag; did you mean --port?',
      '/nowhere.yml',
      'DISCOENV_DB_URI: must be',
      'irods.zone: is required',
    ]) {
      expect(err).toContain(told);
    }
    expect(err).not.toContain('hunter2');
  });

  test('vice spec prints the spec of a launch, whole, without network and database', async () => {
    const { code, out, err } = await finish(['spec', join(root, 'src/demo/example.json')], {
      DISCOENV_IRODS_ZONE: 'cyverse',
      DISCOENV_VICE_USE_CSI_DRIVER: 'true',
    });
    expect([code, err]).toEqual([0, '']);
    expect(Object.keys(JSON.parse(out))).toContain('pod_disruption_budget');
    expect(await finish(['spec', '/nowhere.json'], { DISCOENV_IRODS_ZONE: 'cyverse' })).toMatchObject({ code: 1, out: '' });
    expect(await finish(['spec', '/nowhere.json'])).toMatchObject({ code: 2, out: '' });
  });
});

describe('a mode starts, answers, and drains on SIGTERM with exit code 0', () => {
  test('coordinator', async () => {
    const env = { DISCOENV_DB_URI: await emptyDatabase(), DISCOENV_IRODS_ZONE: 'cyverse' };
    expect(await finish(['migrate'], env)).toMatchObject({ code: 0 });
    const child = start(['--mode=coordinator', '--port=0', '--hostname=127.0.0.1', '--log-level=info', '--namespace=de'], env);
    const { url, log } = await listening(child);
    expect(await (await fetch(`${url}/`)).text()).toBe('Hello from app-exposer.');
    await waitFor(async () => (await fetch(`${url}/readyz`)).ok, { timeoutMs: 60_000, what: 'the coordinator to be ready' });
    expect(await (await fetch(`${url}/api/v1/clusters`)).json()).toEqual({ clusters: [] });
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('mode="coordinator"} 1');
    expect(log).toContainEqual(expect.objectContaining({ level: 'warn', message: expect.stringContaining('--namespace is ignored') }));
    child.kill('SIGTERM');
    expect(await child.exited).toBe(0);
  });

  test('standalone', async () => {
    const child = start(['--mode=standalone', '--port=0', '--hostname=127.0.0.1'], { VICE_KUBECONFIG: sandbox.kubeconfig });
    const { url } = await listening(child);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect(await (await fetch(`${url}/api/v1/deployments`)).json()).toMatchObject({ items: [] });
    expect(await (await fetch(`${url}/openapi.json`)).json()).toMatchObject({ openapi: '3.1.0' });
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('mode="standalone"} 1');
    child.kill('SIGTERM');
    expect(await child.exited).toBe(0);
  });

  test.each([
    ['0.0.0.0', true],
    ['127.0.0.1', false],
  ])('standalone on %s, which is warned of where whoever comes may launch: %p', async (hostname, isWarnedOf) => {
    const child = start(['--mode=standalone', '--port=0', `--hostname=${hostname}`], { VICE_KUBECONFIG: sandbox.kubeconfig });
    const { log } = await listening(child);
    child.kill('SIGTERM');
    expect(await child.exited).toBe(0);
    const warnings = log.filter(({ level }) => level === 'warn').map(({ message }) => message);
    expect(warnings).toEqual(isWarnedOf ? [expect.stringContaining('nobody is asked who they are')] : []);
  });

  test.skipIf(process.platform !== 'linux')('standalone, with a small heap, unless its environment says otherwise', async () => {
    for (const [given, told] of [
      [{}, 'BUN_JSC_forceRAMSize=100663296'],
      [{ BUN_JSC_forceRAMSize: '200000000' }, 'BUN_JSC_forceRAMSize=200000000'],
    ] as const) {
      const child = start(['--mode=standalone', '--port=0', '--hostname=127.0.0.1'], { VICE_KUBECONFIG: sandbox.kubeconfig, ...given });
      await listening(child);
      const environment = (await readFile(`/proc/${child.pid}/environ`, 'utf8')).split('\0');
      expect(environment.filter((each) => each.startsWith('BUN_JSC_')).toSorted()).toEqual([told, 'BUN_JSC_useFTLJIT=0']);
      child.kill('SIGTERM');
      expect(await child.exited).toBe(0);
    }
  });

  test.skipIf(process.platform !== 'linux')('standalone, with a policy in a file that its parent has opened', async () => {
    const path = join(folder, 'policy.yml');
    await writeFile(path, 'images: { analysis: ["harbor.cyverse.org/*"] }\n');
    const policy = openSync(path, 'r');
    const args = ['--mode=standalone', '--port=0', '--hostname=127.0.0.1', '--policy=/dev/fd/3'];
    const env = { PATH: '/usr/bin:/bin', VICE_KUBECONFIG: sandbox.kubeconfig };
    const child = Bun.spawn([binary, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe', policy] });
    started.push(child);
    await listening(child);
    child.kill('SIGTERM');
    expect(await child.exited).toBe(0);
    closeSync(policy);
  });

  test('lambda, also without any argument', async () => {
    for (const args of [['--mode=lambda'], []]) {
      const runtime = startLambdaRuntime();
      const child = start(args, { AWS_LAMBDA_RUNTIME_API: runtime.address, VICE_KUBECONFIG: sandbox.kubeconfig });
      expect(await runtime.invoke(httpEvent('GET', '/api/v1/health'))).toMatchObject({ answer: { statusCode: 200 } });
      child.kill('SIGTERM');
      expect(await child.exited).toBe(0);
      await runtime.stop();
    }
  });

  test('lambda outside of Lambda exits 2 and says so', async () => {
    expect(await finish(['--mode=lambda'])).toMatchObject({ code: 2, err: expect.stringContaining('AWS_LAMBDA_RUNTIME_API is not set') });
  });
});

test('a port that is taken ends the start with exit code 1 and its name', async () => {
  const taken = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() });
  const { port } = taken;
  const { code, err } = await finish(['--mode=standalone', `--port=${port}`, '--hostname=127.0.0.1'], { VICE_KUBECONFIG: sandbox.kubeconfig });
  await taken.stop();
  expect([code, err]).toEqual([1, expect.stringContaining(`cannot listen on 127.0.0.1:${port}`)]);
});

test('a log that nobody reads any more does not end the process', async () => {
  const child = start(['--mode=standalone', '--port=0', '--hostname=127.0.0.1', '--log-level=trace'], { VICE_KUBECONFIG: sandbox.kubeconfig });
  const { url, rest } = await listening(child);
  await rest.return();
  for (let n = 0; n < 20; n++) expect((await fetch(`${url}/livez`)).status).toBe(200);
  child.kill('SIGTERM');
  expect(await child.exited).toBe(0);
});

test('the folder that it is started in decides nothing: no .env, no bunfig.toml', async () => {
  const trap = await mkdtemp(join(folder, 'trap-'));
  await writeFile(join(trap, '.env'), 'DISCOENV_IRODS_ZONE=from-dotenv\n');
  await writeFile(join(trap, 'bunfig.toml'), 'preload = ["./preload.ts"]\n');
  await writeFile(join(trap, 'preload.ts'), 'console.log("preloaded"); process.exit(9);\n');
  await chmod(trap, 0o755);
  expect(await finish(['--version'], {}, trap)).toMatchObject({ code: 0, out: expect.stringMatching(/^vice /) });
  expect(await finish(['spec', join(root, 'src/demo/example.json')], {}, trap)).toMatchObject({
    code: 2,
    err: expect.stringContaining('irods.zone: is required'),
  });
});

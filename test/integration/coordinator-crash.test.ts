import { afterAll, beforeAll, expect, describe as group, setDefaultTimeout, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { startCoordinator } from '../../src/modes/coordinator.ts';
import { openAdapters } from '../../src/modes/coordinator-adapters.ts';
import { capturedLog } from '../support/captured-log.ts';
import { withCrashPoints } from '../support/crash-points.ts';
import type { Interceptor } from '../support/intercepting-proxy.ts';
import { coordinatorConfig, database, type Row, register, runCoordinator, type Site, send, startSite } from '../support/platform.ts';
import { freshDatabase } from '../support/postgres.ts';
import { waitFor } from '../support/wait-for.ts';

setDefaultTimeout(600_000);

const example: object = await Bun.file(`${import.meta.dir}/../golden/example/analysis.json`).json();
const child = Bun.fileURLToPath(import.meta.resolve('../support/crashing-coordinator.ts'));

/** What a dead coordinator held is free after so long at the latest, and looked for every second: half of the promised 10 s are left for the work. */
const LONGEST_LEASE_MS = 5_000;
const PATIENCE_MS = 120_000;

const problem = (status: number, code: string) =>
  Response.json({ type: 'about:blank', title: 'x', status, code, detail: code, retryable: false, request_id: 'r' }, { status });

const refuse: Interceptor = async ({ method }, forward) => (method === 'POST' ? problem(422, 'spec_refused') : forward());

/** The apply is carried out, but nobody hears of it, and the status says nothing. */
const lose: Interceptor = async ({ method, path }, forward) => {
  if (path.endsWith('/readyz')) return forward();
  const answer = await forward();
  if (method === 'POST') return 'reset';
  return method === 'GET' ? problem(503, 'unavailable') : answer;
};

interface Scenario {
  readonly east?: Interceptor;
  readonly west?: Interceptor;
  readonly exits?: boolean;
  /** The Discovery Environment gives the job up when it hears nothing of the launch. */
  readonly jobFails?: boolean;
  /** Every point that the operation passes, in order: what is missing here would not be tested. */
  readonly points: readonly string[];
}

const applied = ['before apply 1', 'during apply 1', 'after apply 1'];
const scenarios: Record<string, Scenario> = {
  'a launch': {
    points: ['before reserve 1', 'after reserve 1', 'before place 1', 'after place 1', ...applied, 'before markApplied 1', 'after markApplied 1'],
  },
  'a launch that the Discovery Environment gave up': { jobFails: true, points: ['after markApplied 1'] },
  'a launch that the first cluster refuses': {
    east: refuse,
    points: ['before place 2', 'after place 2', 'before apply 2', 'during apply 2', 'after apply 2', 'before markApplied 1', 'after markApplied 1'],
  },
  'a launch whose answer from the first cluster is lost': {
    east: lose,
    points: [
      'after apply 1',
      'before status 1',
      'after status 1',
      'before remove 1',
      'during remove 1',
      'after remove 1',
      'before place 2',
      'after place 2',
      'after apply 2',
    ],
  },
  'a launch that every cluster refuses': { east: refuse, west: refuse, points: ['before markFailed 1', 'after markFailed 1'] },
  'an exit': {
    exits: true,
    points: [
      'before stop 1',
      'after stop 1',
      'after claimRemovals',
      'before remove 1',
      'during remove 1',
      'after remove 1',
      'before markRemoved 1',
      'after markRemoved 1',
    ],
  },
};

const tried = new Set(Object.values(scenarios).flatMap(({ points }) => points));

interface Verdict {
  readonly row: Row | undefined;
  readonly homes: readonly string[];
  /** How long after the crash the row is another's at the latest. */
  readonly leasedMs: number;
}

let sites: readonly Site[];
const scenarioOf = new Map<string, Scenario>();
const verdicts = new Map<string, Verdict>();

/** Each analysis goes through the scenario that it was made for. */
const byAnalysis =
  (side: 'east' | 'west'): Interceptor =>
  (request, forward) => {
    const [id] = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(request.method === 'POST' ? request.body : request.path) ?? [];
    const interceptor = id === undefined ? undefined : scenarioOf.get(id)?.[side];
    return interceptor ? interceptor(request, forward) : forward();
  };

const urls = () => sites.map(({ name, proxy }) => ({ name, url: proxy.url }));
const homesOf = (uuid: string) => sites.filter((site) => site.objectsOf(uuid).length > 0).map(({ name }) => name);

/** Launches, and exits if that is the scenario; a coordinator that dies meanwhile is no error. */
async function operate(url: string, scenario: Scenario, uuid: string): Promise<void> {
  scenarioOf.set(uuid, scenario);
  await send(`${url}/vice/launch`, { ...example, uuid }).catch(() => undefined);
  if (scenario.exits) await send(`${url}/vice/${uuid}/exit`).catch(() => undefined);
}

/** Crashes a coordinator at the point, starts another on the same database, and waits until the row says what became of the analysis. */
async function crashAt(scenario: Scenario, point: string): Promise<Verdict> {
  const uuid = randomUUID();
  const uri = await freshDatabase();
  await using stack = new AsyncDisposableStack();
  const crashing = stack.adopt(Bun.spawn([process.execPath, child, uri, point], { stdout: 'pipe', stderr: 'inherit' }), (one) => one.kill('SIGKILL'));
  const url = await firstLine(crashing.stdout);
  await register(url, urls());
  await operate(url, scenario, uuid);
  await crashing.exited;
  expect(crashing.signalCode).toBe('SIGKILL');

  const db = database(uri);
  if (scenario.jobFails) await db.insertJob(uuid, 'Failed');
  const leasedMs = await db.leasedMs(uuid);
  const fresh = await runCoordinator(uri);
  try {
    const isSettled = (row: Row | undefined) =>
      row === undefined || (row.removal_due === null && !['reserved', 'applying', 'stopping'].includes(row.state));
    const ended = (row: Row | undefined) => (scenario.jobFails ? row?.state === 'stopped' : isSettled(row));
    await waitFor(async () => ended(await db.row(uuid)), { timeoutMs: PATIENCE_MS, what: `the end of "${point}"` });
    return { row: await db.row(uuid), homes: homesOf(uuid), leasedMs };
  } finally {
    await db.close();
    await fresh.stop();
  }
}

async function firstLine(output: ReadableStream<Uint8Array>): Promise<string> {
  let text = '';
  for await (const chunk of output) {
    text += Buffer.from(chunk).toString('utf8');
    if (text.includes('\n')) return text.trim();
  }
  throw new Error(`the coordinator ended before it said where it listens: ${text}`);
}

beforeAll(async () => {
  sites = await Promise.all([startSite('east'), startSite('west')]);
  sites[0]?.proxy.intercept(byAnalysis('east'));
  sites[1]?.proxy.intercept(byAnalysis('west'));
  const cases = Object.entries(scenarios).flatMap(([name, scenario]) =>
    scenario.points.map((point) => ({ key: `${name}: ${point}`, scenario, point })),
  );
  // Most of a case is waiting for a lease to run out.
  const workers = Array.from({ length: 8 }, async () => {
    for (let next = cases.shift(); next; next = cases.shift()) verdicts.set(next.key, await crashAt(next.scenario, next.point));
  });
  await Promise.all(workers);
});
afterAll(() => Promise.all(sites.map((site) => site.stop())));

for (const [name, scenario] of Object.entries(scenarios)) {
  group(`killed in ${name}`, () => {
    test.each([...scenario.points])('%s: soon the analysis runs exactly once or is gone everywhere, and the row says which', (point) => {
      const verdict = verdicts.get(`${name}: ${point}`);
      if (verdict === undefined) throw new Error('the case did not run');
      const { row, homes, leasedMs } = verdict;
      const lives = row?.state === 'applied';
      if (!lives) expect(['failed', 'stopped', undefined]).toContain(row?.state);
      expect(homes).toHaveLength(lives ? 1 : 0);
      expect(leasedMs).toBeLessThanOrEqual(LONGEST_LEASE_MS);
    });

    test('passes every point that is tried here, and none that is tried nowhere', async () => {
      const uri = await freshDatabase();
      const points: string[] = [];
      const config = coordinatorConfig(uri);
      const { log } = capturedLog();
      const adapters = withCrashPoints(openAdapters(config, log), (point) => points.push(point));
      const coordinator = startCoordinator(config, log, adapters);
      await coordinator.prepared;
      await register(coordinator.url, urls());
      const uuid = randomUUID();
      await operate(coordinator.url, scenario, uuid);
      if (scenario.exits) await waitFor(() => points.includes('after markRemoved 1'), { timeoutMs: PATIENCE_MS, what: 'the removal' });
      await coordinator.stop();
      expect(points).toEqual(expect.arrayContaining([...scenario.points]));
      expect(points.filter((point) => !point.startsWith('during') && !tried.has(point))).toEqual([]);
    });
  });
}

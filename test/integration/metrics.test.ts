import { afterAll, beforeAll, expect, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import type { Coordinator } from '../../src/modes/coordinator.ts';
import { sampleSpec } from '../contract/sample-spec.ts';
import { register, runCoordinator, type Site, send, startSite } from '../support/platform.ts';
import { freshDatabase } from '../support/postgres.ts';
import { waitFor } from '../support/wait-for.ts';

const example = await Bun.file(`${import.meta.dir}/../golden/example/analysis.json`).json();

let site: Site;
let coordinator: Coordinator;
let dbUri: string;
beforeAll(async () => {
  dbUri = await freshDatabase();
  site = await startSite('east');
  coordinator = await runCoordinator(dbUri, { probeEveryMs: 100 });
  await register(coordinator.url, [{ name: 'east', url: site.deployerUrl }]);
}, 60_000);
afterAll(async () => {
  await coordinator.stop();
  await site.stop();
});

async function metricsOf(url: string): Promise<string> {
  const answer = await fetch(`${url}/metrics`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  return answer.text();
}

/** The value of a time series, named as in the text. */
function value(text: string, series: string): number | undefined {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

const seriesIn = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

test('a launch and an exit are counted by the coordinator and by the deployer', async () => {
  const body = { ...example, uuid: randomUUID() };
  for (const _ of [1, 2]) expect((await send(`${coordinator.url}/vice/launch`, body)).status).toBe(200);
  expect((await send(`${coordinator.url}/vice/${body.uuid}/exit`)).status).toBe(200);
  await waitFor(() => site.objectsOf(body.uuid).length === 0, { timeoutMs: 20_000, what: 'the analysis to be removed' });

  const ours = await metricsOf(coordinator.url);
  expect(value(ours, 'vice_launches_total{outcome="applied",cluster="east"}')).toBe(1);
  expect(value(ours, 'vice_launches_total{outcome="already",cluster=""}')).toBe(1);
  expect(value(ours, 'vice_launch_duration_seconds_count{outcome="applied"}')).toBe(1);
  expect(value(ours, 'vice_exits_total{outcome="ok"}')).toBe(1);
  expect(value(ours, 'vice_registry_reloads_total{outcome="ok"}')).toBeGreaterThan(0);
  expect(value(ours, 'vice_clusters{state="healthy"}')).toBe(1);
  expect(value(ours, 'vice_health_probe_duration_seconds_count{state="healthy"}')).toBeGreaterThan(0);
  expect(value(ours, 'vice_cluster_clock_skew_seconds{cluster="east"}')).toBe(0);
  expect(value(ours, 'vice_http_requests_total{method="POST",route="/vice/launch",status="200"}')).toBe(2);
  expect(value(ours, 'vice_removals{state="waiting"}')).toBe(0);
  expect(value(ours, 'vice_tombstones')).toBe(0);
  expect(value(ours, 'vice_build_info{version="development",mode="coordinator"}')).toBe(1);
  expect(value(ours, 'process_resident_memory_bytes')).toBeGreaterThan(1e6);

  const theirs = await metricsOf(site.deployerUrl);
  expect(value(theirs, 'vice_deployer_apply_duration_seconds_count{outcome="created"}')).toBe(1);
  expect(value(theirs, 'vice_deployer_applies_in_hand')).toBe(0);
  expect(value(theirs, 'vice_http_requests_total{method="POST",route="/api/v1/deployments",status="201"}')).toBe(1);
  expect(value(theirs, 'vice_kubernetes_requests_total{verb="create",outcome="ok"}')).toBeGreaterThan(5);
  expect(value(theirs, 'vice_kubernetes_requests_total{verb="watch",outcome="ok"}')).toBeGreaterThan(5);
  expect(value(theirs, 'vice_deployer_synced')).toBe(1);
  expect(value(theirs, 'vice_deployer_watch_age_seconds{kind="Pod"}')).toBeGreaterThanOrEqual(0);
  expect(value(theirs, 'vice_deployer_capability_watch_age_seconds{kind="Node"}')).toBeGreaterThanOrEqual(0);
  expect(value(theirs, 'vice_deployer_log_readers')).toBe(0);
  expect(theirs).toMatch(/vice_deployer_remove_duration_seconds_count\{outcome="(gone|terminating)"\} \d/);
}, 60_000);

test('what is in the memory of a deployer is told as it is', async () => {
  const body = { ...example, uuid: randomUUID() };
  const cached = async () => {
    const text = await metricsOf(site.deployerUrl);
    return [value(text, 'vice_deployer_cached_analyses'), value(text, 'vice_deployer_cached_objects')];
  };
  const before = await cached();
  expect((await send(`${coordinator.url}/vice/launch`, body)).status).toBe(200);
  const [analyses = 0, objects = 0] = await cached();
  expect(analyses).toBe((before[0] ?? 0) + 1);
  expect(objects).toBeGreaterThan((before[1] ?? 0) + 5);
}, 60_000);

test('transfers are counted by type and by how they stood when that was answered', async () => {
  const id = randomUUID();
  const spec = sampleSpec(id);
  expect((await send(`${site.deployerUrl}/api/v1/deployments`, spec)).status).toBe(201);
  const asked = async (analysis: string) => (await send(`${site.deployerUrl}/api/v1/deployments/${analysis}/file-transfers/upload`)).json();
  const { status, code } = Object(await asked(id));
  const outcome = code ?? status;
  await asked(randomUUID());
  const text = await metricsOf(site.deployerUrl);
  expect(value(text, `vice_deployer_file_transfers_total{type="upload",outcome="${outcome}"}`)).toBe(1);
  expect(value(text, 'vice_deployer_file_transfers_total{type="upload",outcome="not_found"}')).toBe(1);
});

test('whoever follows a log is counted until they leave', async () => {
  const id = randomUUID();
  expect((await send(`${site.deployerUrl}/api/v1/deployments`, sampleSpec(id))).status).toBe(201);
  const url = `${site.deployerUrl}/api/v1/deployments/${id}/logs?follow=true`;
  const readers = async () => value(await metricsOf(site.deployerUrl), 'vice_deployer_log_readers');
  const left = new AbortController();
  const follow = async () => {
    const answer = await fetch(url, { signal: left.signal });
    if (answer.status !== 200) await answer.body?.cancel();
    return answer.status === 200;
  };
  await waitFor(follow, { timeoutMs: 20_000, what: 'a pod whose log can be followed' });
  expect(await readers()).toBe(1);
  left.abort();
  await waitFor(async () => (await readers()) === 0, { timeoutMs: 20_000, what: 'the reader to be gone' });
}, 60_000);

test('a refusal and a failure of what is asked for are counted by their code', async () => {
  const refusal = await send(`${site.deployerUrl}/api/v1/deployments`, { metadata: {} });
  expect(refusal.status).toBe(400);
  const text = await metricsOf(site.deployerUrl);
  expect(value(text, 'vice_http_requests_total{method="POST",route="/api/v1/deployments",status="400"}')).toBe(1);
});

test('a spec that the policy refuses is counted by each rule that it breaks', async () => {
  const spec = structuredClone(sampleSpec(randomUUID()));
  Object.assign(spec.deployment.spec?.template.spec ?? {}, { hostNetwork: true, hostPID: true });
  const refused = await send(`${site.deployerUrl}/api/v1/deployments`, spec);
  expect(refused.status).toBe(422);
  const { faults } = Object(await refused.json());
  const rules: string[] = faults.map(({ rule }: { rule: string }) => rule);
  expect(rules.length).toBeGreaterThan(1);
  const text = await metricsOf(site.deployerUrl);
  for (const rule of new Set(rules)) {
    const series = `vice_deployer_policy_refusals_total{rule="${rule}"}`;
    expect([rule, value(text, series)]).toEqual([rule, rules.filter((one) => one === rule).length]);
  }
  expect(value(text, 'vice_deployer_apply_duration_seconds_count{outcome="spec_refused"}')).toBe(1);
});

test('10,000 unknown paths and ids add no time series but one', async () => {
  for (const url of [coordinator.url, site.deployerUrl]) {
    await (await fetch(`${url}/first-${randomUUID()}`)).body?.cancel();
    await (await fetch(`${url}/api/v1/deployments/${randomUUID()}/status`)).body?.cancel();
    await metricsOf(url);
    const before = seriesIn(await metricsOf(url)).length;
    const paths = Array.from({ length: 5_000 }, (_, n) =>
      n % 2 === 0 ? `/no/such/${n}-${randomUUID()}?a=${n}` : `/api/v1/deployments/${randomUUID()}/status`,
    );
    for (let n = 0; n < paths.length; n += 100) {
      await Promise.all(paths.slice(n, n + 100).map(async (path) => (await fetch(url + path)).body?.cancel()));
    }
    expect(seriesIn(await metricsOf(url)).length).toBe(before);
  }
}, 60_000);

test('neither names an analysis, a user, an address or a secret', async () => {
  const uuid = randomUUID();
  await send(`${coordinator.url}/vice/launch`, { ...example, uuid });
  await (await fetch(`${coordinator.url}/vice/${uuid}?user=canary-user&token=canary-token`)).body?.cancel();
  const text = (await metricsOf(coordinator.url)) + (await metricsOf(site.deployerUrl));
  const secrets = [uuid, example.user_id, example.username, 'canary', dbUri, new URL(dbUri).password, site.deployerUrl, 'Bearer'].filter(Boolean);
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
}, 30_000);

test('every line is one of the text format, and every family has its help and type', async () => {
  for (const url of [coordinator.url, site.deployerUrl]) {
    const lines = (await metricsOf(url)).split('\n').filter(Boolean);
    const form = /^(# HELP [a-z_]+ .+|# TYPE [a-z_]+ (counter|gauge|histogram)|[a-z_]+(\{([a-z]+="[^"\n]*",?)*\})? [-+0-9.e]+|[a-z_]+\{.*\} NaN)$/;
    expect(lines.filter((line) => !form.test(line))).toEqual([]);
    const families = lines.filter((line) => line.startsWith('# TYPE')).map((line) => line.split(' ')[2]);
    expect(new Set(families).size).toBe(families.length);
  }
});

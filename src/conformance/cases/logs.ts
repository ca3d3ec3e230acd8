import { equal, holds } from '../breach.ts';
import { type Bench, casesOf } from '../case.ts';
import { LOGGED_CONTAINER } from '../spec-template.ts';
import { waitFor } from '../wait-for.ts';

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z /;
const WRITTEN_MS = 30_000;

/** What the containers of an analysis write. That of the suite's own spec writes a few lines when it starts, and then is silent. */
export const logs = casesOf('logs', [
  [
    'they are told oldest first, with the pod and the container that they are of, and a time from which to ask on',
    [],
    async (bench) => {
      const { deployer, other } = bench;
      const { id, pod, container, observedAt } = await running(bench);
      const { status, body } = await deployer.logs(id);
      equal([status, body.pod, body.container, body.truncated], [200, pod, container, false], 'status, pod, container and truncated');
      const { lines } = body;
      holds(Number(body.since_time) >= Math.floor(observedAt / 1000), `since_time ${body.since_time} is before the request`);
      equal((await other.logs(id, `?container=${container}&pod=${pod}`)).body.lines, lines, 'lines of the pod and the container by name');
      equal((await deployer.logs(id, '?tail-lines=1')).body.lines, lines.slice(-1), 'the last line');
      equal((await deployer.logs(id, '?tail-lines=0')).body.lines, [], 'the last 0 lines');
      const timed = (await deployer.logs(id, '?timestamps=true')).body.lines;
      const untimed = timed.map((line) => line.replace(RFC3339, ''));
      equal(untimed, [...lines], 'lines with times, without their times');
      holds(
        timed.every((line) => RFC3339.test(line)),
        'a line that was asked for with its time has none',
      );
      const last = Math.floor(Date.parse(timed.at(-1)?.split(' ')[0] ?? '') / 1000);
      const since = timed.filter((line) => Date.parse(line.split(' ')[0] ?? '') >= last * 1000).map((line) => line.replace(RFC3339, ''));
      equal((await deployer.logs(id, `?since-time=${last}`)).body.lines, since, 'lines since the second of the last one');
      equal((await deployer.logs(id, `?since-time=${last + 1}`)).body.lines, [], 'lines since a second later');
    },
  ],
  [
    'those that are followed go on until the pod is gone',
    ['service'],
    async (bench) => {
      const { deployer } = bench;
      const { id, pod, container, lines } = await running(bench);
      const records = deployer.follow(id);
      const { value: head } = await records.next();
      holds(head !== undefined && 'pod' in head, 'the first record does not say which pod is followed');
      equal([head.pod, head.container], [pod, container], 'pod and container of the first record');
      for (const line of lines) equal((await records.next()).value, { line }, 'a record of what was written before');
      await deployer.removeFully(id);
      let end: string | undefined;
      for await (const record of records) if ('end' in record) end = record.end;
      equal(end, 'ended', 'why the records end');
    },
  ],
  [
    'they are not followed where no answer can begin before it is complete: what is there is told',
    ['function'],
    async (bench) => {
      const { id, lines } = await running(bench);
      equal((await bench.deployer.logs(id, '?follow=true')).body.lines, lines, 'lines that were to be followed');
    },
  ],
  [
    'those of a pod, a container or an earlier life that is not there are 404, which says what there is',
    [],
    async (bench) => {
      const { deployer, newId } = bench;
      const { id, pod, container } = await running(bench);
      for (const [query, told] of [
        ['?pod=another', pod],
        ['?container=another', container],
        ['?previous=true', 'never restarted'],
      ] as const) {
        for (const follow of ['', '&follow=true']) {
          const { status, code, problem } = await deployer.logs(id, query + follow);
          equal([status, code], [404, 'not_found'], query + follow);
          holds(problem.detail?.includes(told) === true, `${query}${follow}: "${problem.detail}" does not say ${told}`);
        }
      }
      equal((await deployer.logs(newId())).status, 404, 'logs of what nobody launched');
    },
  ],
  [
    'those of an analysis without a pod are 409 and may be asked for again',
    [],
    async ({ deployer, newId, spec }) => {
      const id = newId();
      await deployer.launch(spec(id, { replicas: 0 }));
      const { status, code, retryable } = await deployer.logs(id);
      equal([status, code, retryable], [409, 'not_started', true], 'logs of an analysis without a pod');
    },
  ],
  [
    'those that are asked for wrongly are 400 with every fault',
    [],
    async ({ deployer, newId }) => {
      const query = '?since=0&since-time=-1&tail-lines=many&previous=maybe&timestamps=2&follow=yes&container=a/b&pod=..';
      const { status, problem } = await deployer.logs(newId(), query);
      equal(status, 400, query);
      const paths = problem.faults?.map(({ path }) => path).sort();
      equal(
        paths,
        ['container', 'follow', 'pod', 'previous', 'since', 'since-time', 'since-time', 'tail-lines', 'timestamps'],
        'paths of the faults',
      );
    },
  ],
]);

/** An analysis that runs, and what its container wrote until it was silent. */
async function running(bench: Bench) {
  const { deployer, newId, signal } = bench;
  const id = newId();
  await deployer.launch(bench.spec(id));
  const { containers, observed_at } = await deployer.untilPhase(id, 'running');
  const container = LOGGED_CONTAINER;
  const pod = containers.find(({ name }) => name === container)?.pod ?? '';
  let written: readonly string[] = [];
  const isSilent = async () => {
    const before = written;
    written = (await deployer.logs(id, `?container=${container}`)).body.lines;
    return written.length > 1 && written.length === before.length;
  };
  await waitFor(isSilent, { timeoutMs: WRITTEN_MS, everyMs: 100, what: `${container} to write two lines and be silent`, signal });
  return { id, pod, container, lines: written, observedAt: Date.parse(observed_at) };
}

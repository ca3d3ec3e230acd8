import { describe, expect, test } from 'bun:test';
import { CASE_MS, type Given, type Subject } from './bench.ts';
import { sampleSpec } from './sample-spec.ts';

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z /;

/** What the containers of an analysis write. */
export function logCases(given: Given, { remembers }: Subject): void {
  describe('logs', () => {
    const running = async () => {
      const { deployer, newId } = given();
      const id = newId();
      await deployer.apply(sampleSpec(id));
      const { containers } = await deployer.untilPhase(id, 'running');
      return { id, pod: containers[0]?.pod ?? '' };
    };

    test(
      'are told oldest first, with the pod and the container that they are of, and a time from which to ask on',
      async () => {
        const { deployer, other } = given();
        const { id, pod } = await running();
        const before = Math.floor(Date.now() / 1000);
        const { status, body } = await deployer.logs(id);
        expect([status, body.pod, body.container, body.truncated]).toEqual([200, pod, 'analysis', false]);
        expect(body.lines.length).toBeGreaterThan(1);
        expect(Number(body.since_time)).toBeGreaterThanOrEqual(before - 1);
        expect((await other.logs(id, `?container=analysis&pod=${pod}`)).body.lines).toEqual(body.lines);
        expect((await deployer.logs(id, '?tail-lines=1')).body.lines).toEqual(body.lines.slice(-1));
        expect((await deployer.logs(id, '?tail-lines=0')).body.lines).toEqual([]);
        const timed = (await deployer.logs(id, '?timestamps=true')).body.lines;
        expect(timed.map((line) => line.replace(RFC3339, ''))).toEqual([...body.lines]);
        expect(timed.every((line) => RFC3339.test(line))).toBe(true);
        const last = Math.floor(Date.parse(timed.at(-1)?.split(' ')[0] ?? '') / 1000);
        expect((await deployer.logs(id, `?since-time=${last}`)).body.lines).toEqual(body.lines.slice(-1));
        expect((await deployer.logs(id, `?since-time=${last + 1}`)).body.lines).toEqual([]);
      },
      CASE_MS,
    );

    if (remembers) {
      test(
        'that are followed go on until the pod is gone',
        async () => {
          const { deployer } = given();
          const { id, pod } = await running();
          const { lines } = (await deployer.logs(id)).body;
          const records = deployer.follow(id);
          expect((await records.next()).value).toMatchObject({ pod, container: 'analysis' });
          for (const line of lines) expect((await records.next()).value).toEqual({ line });
          await deployer.removeFully(id);
          let end: unknown;
          for await (const record of records) if ('end' in record) end = record.end;
          expect(end).toBe('ended');
        },
        CASE_MS,
      );
    } else {
      test(
        'are not followed where no answer can begin before it is complete: what is there is told',
        async () => {
          const { deployer } = given();
          const { id } = await running();
          expect((await deployer.logs(id, '?follow=true')).body.lines).toEqual((await deployer.logs(id)).body.lines);
        },
        CASE_MS,
      );
    }

    test(
      'of a pod, a container or an earlier life that is not there are 404, which says what there is',
      async () => {
        const { deployer, newId } = given();
        const { id, pod } = await running();
        for (const [query, told] of [
          ['?pod=another', pod],
          ['?container=another', 'analysis'],
          ['?previous=true', 'never restarted'],
        ] as const) {
          for (const follow of ['', '&follow=true']) {
            const { status, code, problem } = await deployer.logs(id, query + follow);
            expect([query, status, code]).toEqual([query, 404, 'not_found']);
            expect(problem.detail).toContain(told);
          }
        }
        expect((await deployer.logs(newId())).status).toBe(404);
      },
      CASE_MS,
    );

    test('of an analysis without a pod are 409 and may be asked for again', async () => {
      const { deployer, newId } = given();
      const id = newId();
      await deployer.apply(sampleSpec(id, { replicas: 0 }));
      const { status, code, problem } = await deployer.logs(id);
      expect([status, code, problem.retryable]).toEqual([409, 'not_started', true]);
    });

    test('that are asked for wrongly are 400 with every fault', async () => {
      const { deployer, newId } = given();
      const query = '?since=0&since-time=-1&tail-lines=many&previous=maybe&timestamps=2&follow=yes&container=a/b&pod=..';
      const { status, problem } = await deployer.logs(newId(), query);
      expect(status).toBe(400);
      const paths = problem.faults?.map(({ path }) => path).sort();
      expect(paths).toEqual(['container', 'follow', 'pod', 'previous', 'since', 'since-time', 'since-time', 'tail-lines', 'timestamps']);
    });
  });
}

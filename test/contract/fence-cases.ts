import { describe, expect, test } from 'bun:test';
import { startInterceptingProxy } from '../support/intercepting-proxy.ts';
import { CASE_MS, type Given } from './bench.ts';
import { DeployerClient } from './deployer-client.ts';
import { sampleSpec } from './sample-spec.ts';

/** Attempts, and what keeps one that was ended from coming alive. */
export function fenceCases(given: Given): void {
  describe('fencing', () => {
    test(
      'an attempt that was fenced is 409 fenced and not retryable, a later one is applied',
      async () => {
        const { deployer, other, cluster, newId } = given();
        const id = newId();
        expect((await deployer.remove(id, '?attempt=2&fence=true')).status).toBe(200);
        for (const attempt of [1, 2, undefined]) {
          const refused = await other.apply(sampleSpec(id, { ...(attempt !== undefined && { attempt }) }));
          expect([refused.status, refused.code, refused.problem.retryable]).toEqual([409, 'fenced', false]);
        }
        expect(await cluster.namesOf(id)).toEqual([`ConfigMap/vice-${id}`]);
        const applied = await other.apply(sampleSpec(id, { attempt: 3 }));
        expect([applied.status, applied.body.attempt]).toEqual([201, 3]);
        expect((await other.apply(sampleSpec(id, { attempt: 2 }))).code).toBe('fenced');
      },
      CASE_MS,
    );

    test(
      'a POST that is held up until its removal was answered brings nothing to life',
      async () => {
        const { deployer, other, cluster, newId } = given();
        const id = newId();
        const proxy = await startInterceptingProxy(deployer.url);
        const arrived = Promise.withResolvers<void>();
        const released = Promise.withResolvers<void>();
        proxy.intercept(async (_, forward) => {
          arrived.resolve();
          await released.promise;
          return forward();
        });
        const late = new DeployerClient(proxy.url).apply(sampleSpec(id, { attempt: 1 }));
        await arrived.promise;
        expect((await other.remove(id, '?attempt=1&fence=true')).status).toBe(200);
        released.resolve();
        const { status, code } = await late;
        expect([status, code]).toEqual([409, 'fenced']);
        await proxy.stop();
        expect(await cluster.namesOf(id)).toEqual([`ConfigMap/vice-${id}`]);
      },
      CASE_MS,
    );

    test(
      'a fencing removal of what is there answers 200 only when it is gone and the fence stands',
      async () => {
        const { deployer, other, cluster, newId } = given();
        const id = newId();
        await deployer.apply(sampleSpec(id, { attempt: 4 }));
        await other.removeFully(id, '?attempt=4&fence=true');
        expect(await cluster.namesOf(id)).toEqual([`ConfigMap/vice-${id}`]);
        expect((await deployer.apply(sampleSpec(id, { attempt: 4 }))).code).toBe('fenced');
      },
      CASE_MS,
    );

    test(
      'a fence is nothing: not found, not listed, not removed by a removal, and only ever raised',
      async () => {
        const { deployer, other, cluster, newId } = given();
        const id = newId();
        await deployer.remove(id, '?attempt=3&fence=true');
        for (const asked of [deployer, other]) {
          expect((await asked.status(id)).status).toBe(404);
          expect((await asked.list()).body.items.some(({ external_id }) => external_id === id)).toBe(false);
        }
        expect((await other.remove(id)).status).toBe(200);
        await deployer.remove(id, '?attempt=2&fence=true');
        expect((await other.apply(sampleSpec(id, { attempt: 3 }))).code).toBe('fenced');
        await deployer.remove(id, '?attempt=5&fence=true');
        expect((await other.apply(sampleSpec(id, { attempt: 4 }))).code).toBe('fenced');
        expect(await cluster.namesOf(id)).toEqual([`ConfigMap/vice-${id}`]);
      },
      CASE_MS,
    );

    test(
      'a fence of an earlier attempt leaves a later one running',
      async () => {
        const { deployer, other, cluster, newId } = given();
        const id = newId();
        await deployer.apply(sampleSpec(id, { attempt: 7 }));
        const before = await cluster.namesOf(id);
        expect((await other.remove(id, '?attempt=6&fence=true')).status).toBe(200);
        expect(await cluster.namesOf(id)).toEqual(before);
      },
      CASE_MS,
    );

    test(
      'a POST and a fence at once: it is applied and removed, or never was',
      async () => {
        const { deployer, other, cluster, newId } = given();
        const id = newId();
        const [applied] = await Promise.all([deployer.apply(sampleSpec(id)), other.remove(id, '?attempt=1&fence=true')]);
        expect([201, 409]).toContain(applied.status);
        await deployer.removeFully(id, '?attempt=1&fence=true');
        expect(await cluster.namesOf(id)).toEqual([`ConfigMap/vice-${id}`]);
      },
      CASE_MS,
    );
  });
}

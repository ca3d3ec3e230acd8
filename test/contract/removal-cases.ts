import { describe, expect, test } from 'bun:test';
import { waitFor } from '../support/wait-for.ts';
import { CASE_MS, type Given } from './bench.ts';
import { sampleSpec } from './sample-spec.ts';

/** DELETE /api/v1/deployments/{external_id}. */
export function removalCases(given: Given): void {
  describe('removing', () => {
    test(
      'every object goes, the volume too, and then the analysis is not found any more',
      async () => {
        const { deployer, other, cluster, newId } = given();
        const id = newId();
        await deployer.apply(sampleSpec(id));
        await deployer.untilPhase(id, 'running');
        await other.removeFully(id);
        expect(await cluster.namesOf(id)).toEqual([]);
        expect((await deployer.status(id)).status).toBe(404);
        expect((await other.urlReady(id)).status).toBe(404);
      },
      CASE_MS,
    );

    test('what is not there is removed already', async () => {
      const { deployer, newId } = given();
      const id = newId();
      const { status, body } = await deployer.remove(id);
      expect([status, body]).toEqual([200, { external_id: id, gone: true, left: [] }] as never);
    });

    test(
      'twice at once, and by two deployers, is no failure',
      async () => {
        const { deployer, other, cluster, newId } = given();
        const id = newId();
        await deployer.apply(sampleSpec(id));
        const answers = await Promise.all([deployer.remove(id), deployer.remove(id), other.remove(id), other.remove(id)]);
        for (const { status } of answers) expect([200, 202]).toContain(status);
        await deployer.removeFully(id);
        expect(await cluster.namesOf(id)).toEqual([]);
      },
      CASE_MS,
    );

    test(
      'while something keeps terminating it is 202 with what is left, status says terminating, and a new launch is 409 terminating',
      async () => {
        const { deployer, other, cluster, newId } = given();
        const id = newId();
        const spec = sampleSpec(id);
        await deployer.apply(spec);
        const release = await cluster.hold('Service', `vice-${id}`);
        const { status, body } = await deployer.remove(id);
        expect([status, body.gone]).toEqual([202, false]);
        expect(body.left).toContain(`ConfigMap/vice-${id}`);
        expect((await deployer.status(id)).body.phase).toBe('terminating');
        for (const asked of [deployer, other]) {
          const refused = await asked.apply(spec);
          expect([refused.status, refused.code, refused.problem.retryable]).toEqual([409, 'terminating', true]);
        }
        await release();
        await deployer.removeFully(id);
        expect(await cluster.namesOf(id)).toEqual([]);
        expect((await deployer.apply(spec)).status).toBe(201);
      },
      CASE_MS,
    );

    test(
      'a volume that outlives everything else keeps the removal at 202 and a new launch at 409 terminating, which leaves nothing of itself',
      async () => {
        const { deployer, other, cluster, newId } = given();
        const id = newId();
        const volume = `csi-data-volume-${id}`;
        await deployer.apply(sampleSpec(id));
        const release = await cluster.hold('PersistentVolume', volume);
        expect((await deployer.remove(id)).status).toBe(202);
        await expect(untilOnlyVolume(given, id)).resolves.toBe(true);
        const { status, body } = await other.remove(id);
        expect([status, body.left]).toEqual([202, [`PersistentVolume/${volume}`]]);
        expect((await deployer.status(id)).body.phase).toBe('terminating');
        const refused = await deployer.apply(sampleSpec(id));
        expect([refused.status, refused.code]).toEqual([409, 'terminating']);
        await expect(untilOnlyVolume(given, id)).resolves.toBe(true);
        await release();
        await deployer.removeFully(id);
        expect(await cluster.namesOf(id)).toEqual([]);
      },
      CASE_MS,
    );

    test(
      'an anchor alone, as a crash leaves it, is incomplete, and removed',
      async () => {
        const { deployer, other, cluster, newId } = given();
        const id = newId();
        await deployer.apply(sampleSpec(id));
        const anchor = (await cluster.find('ConfigMap', `vice-${id}`)) ?? { metadata: { name: '' } };
        await deployer.removeFully(id);
        const { uid: _, resourceVersion: __, ...metadata } = anchor.metadata;
        await cluster.kube.create(cluster.collection('ConfigMap'), { ...anchor, metadata });
        expect((await other.untilPhase(id, 'incomplete')).reason_code).toBe('incomplete');
        await other.removeFully(id);
        expect(await cluster.namesOf(id)).toEqual([]);
      },
      CASE_MS,
    );

    test(
      "a volume that a crash left without its anchor is in nobody's way: a removal takes it, and so does the next launch",
      async () => {
        const { deployer, other, cluster, newId } = given();
        for (const heal of ['removal', 'launch'] as const) {
          const id = newId();
          await deployer.apply(sampleSpec(id));
          // As a deployer leaves it that dies between the two deletions.
          await cluster.kube.delete(cluster.path('ConfigMap', `vice-${id}`), 'Foreground');
          await expect(untilOnlyVolume(given, id)).resolves.toBe(true);
          if (heal === 'removal') {
            await other.removeFully(id);
            expect(await cluster.namesOf(id)).toEqual([]);
            continue;
          }
          const applied = async () => (await other.apply(sampleSpec(id))).status === 201;
          await waitFor(applied, { timeoutMs: 60_000, what: 'the launch to find the place free' });
        }
      },
      CASE_MS,
    );

    test(
      'a removal of an attempt leaves a later one alone',
      async () => {
        const { deployer, other, cluster, newId } = given();
        const id = newId();
        await deployer.apply(sampleSpec(id, { attempt: 2 }));
        const before = await cluster.namesOf(id);
        for (const asked of [deployer, other]) expect((await asked.remove(id, '?attempt=1')).status).toBe(200);
        expect(await cluster.namesOf(id)).toEqual(before);
        await deployer.removeFully(id, '?attempt=3');
        expect(await cluster.namesOf(id)).toEqual([]);
      },
      CASE_MS,
    );

    test('a faulty id, attempt or fence is 400', async () => {
      const { deployer, newId } = given();
      const id = newId();
      for (const query of ['?attempt=0', '?attempt=x', '?attempt=1.5', '?fence=maybe', '?fence=true']) {
        const { status, code } = await deployer.remove(id, query);
        expect([query, status, code]).toEqual([query, 400, 'invalid_document']);
      }
      expect((await deployer.remove('Not_An_Id')).status).toBe(400);
    });
  });
}

async function untilOnlyVolume(given: Given, id: string): Promise<boolean> {
  const { cluster } = given();
  for (let tries = 0; tries < 200; tries += 1) {
    const names = await cluster.namesOf(id);
    if (names.length === 1 && names[0]?.startsWith('PersistentVolume/')) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

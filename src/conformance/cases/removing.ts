import { contains, equal, oneOf } from '../breach.ts';
import { type Bench, casesOf, clusterOf, expectStanding } from '../case.ts';
import { anchorOf } from '../objects-of-spec.ts';
import { waitFor } from '../wait-for.ts';

const SEEN_MS = 20_000;
const FREE_MS = 60_000;

/** DELETE /api/v1/deployments/{external_id}. */
export const removing = casesOf('removing', [
  [
    'every object goes, the volume too, and then the analysis is not found any more',
    [],
    async (bench) => {
      const { deployer, other, newId, spec } = bench;
      const id = newId();
      await deployer.launch(spec(id));
      await deployer.untilPhase(id, 'running');
      await other.removeFully(id);
      await expectStanding(bench, id, []);
      equal((await deployer.status(id)).status, 404, 'the status of what was removed');
      equal((await other.urlReady(id)).status, 404, 'url-ready of what was removed');
    },
  ],
  [
    'what is not there is removed already',
    [],
    async ({ deployer, newId }) => {
      const id = newId();
      const { status, body } = await deployer.remove(id);
      equal<unknown>([status, body], [200, { external_id: id, gone: true, left: [] }], 'the removal of what nobody launched');
    },
  ],
  [
    'four times at once, by every deployer that there is, is no failure',
    [],
    async (bench) => {
      const { deployer, other, newId, spec } = bench;
      const id = newId();
      await deployer.launch(spec(id));
      const answers = await Promise.all([deployer.remove(id), deployer.remove(id), other.remove(id), other.remove(id)]);
      for (const { status } of answers) oneOf(status, [200, 202], 'a removal among others');
      await deployer.removeFully(id);
      await expectStanding(bench, id, []);
    },
  ],
  [
    'while something keeps terminating it is 202 with what is left, status says terminating, and a new launch is 409 terminating',
    ['cluster'],
    async (bench) => {
      const { deployer, other, newId } = bench;
      const id = newId();
      const spec = bench.spec(id);
      await deployer.launch(spec);
      const release = await held(bench, 'Service', spec.service.metadata.name);
      const { status, body } = await deployer.remove(id);
      equal([status, body.gone], [202, false], 'the removal of what is held');
      contains(body.left, [anchorOf(id)], 'what is told to be left');
      equal((await deployer.status(id)).body.phase, 'terminating', 'the phase meanwhile');
      for (const asked of [deployer, other]) {
        const refused = await asked.apply(spec);
        equal([refused.status, refused.code, refused.retryable], [409, 'terminating', true], 'a launch meanwhile');
      }
      await release();
      await deployer.removeFully(id);
      await expectStanding(bench, id, []);
      equal((await deployer.apply(spec)).status, 201, 'a launch afterwards');
    },
  ],
  [
    'a volume that outlives everything else keeps the removal at 202 and a new launch at 409 terminating, which leaves nothing of itself',
    ['cluster', 'volume'],
    async (bench) => {
      const { deployer, other, newId, spec } = bench;
      const id = newId();
      const volume = volumeOf(bench, id);
      await deployer.launch(spec(id));
      const release = await held(bench, 'PersistentVolume', volume);
      equal((await deployer.remove(id)).status, 202, 'the removal of a volume that is held');
      await untilOnlyVolume(bench, id);
      const { status, body } = await other.remove(id);
      equal([status, body.left], [202, [`PersistentVolume/${volume}`]], 'the removal when only the volume is left');
      equal((await deployer.status(id)).body.phase, 'terminating', 'the phase when only the volume is left');
      const refused = await deployer.apply(spec(id));
      equal([refused.status, refused.code], [409, 'terminating'], 'a launch when only the volume is left');
      await untilOnlyVolume(bench, id);
      await release();
      await deployer.removeFully(id);
      await expectStanding(bench, id, []);
    },
  ],
  [
    'an anchor alone, as a crash leaves it, is incomplete, and removed',
    ['cluster'],
    async (bench) => {
      const { deployer, other, newId, spec } = bench;
      const cluster = clusterOf(bench);
      const id = newId();
      await deployer.launch(spec(id));
      const anchor = await cluster.get('ConfigMap', `vice-${id}`);
      await deployer.removeFully(id);
      const { uid: _, resourceVersion: __, ...metadata } = anchor.metadata;
      await cluster.kube.create(cluster.collection('ConfigMap'), { ...anchor, metadata });
      equal((await other.untilPhase(id, 'incomplete')).reason_code, 'incomplete', 'the reason code of an anchor alone');
      await other.removeFully(id);
      await expectStanding(bench, id, []);
    },
  ],
  [
    "a volume that a crash left without its anchor is in nobody's way: a removal takes it, and so does the next launch",
    ['cluster', 'volume'],
    async (bench) => {
      const { other, newId, spec, signal } = bench;
      const removed = newId();
      await loseAnchor(bench, removed);
      await other.removeFully(removed);
      await expectStanding(bench, removed, []);
      const launched = newId();
      await loseAnchor(bench, launched);
      const isApplied = async () => (await other.apply(spec(launched))).status === 201;
      await waitFor(isApplied, { timeoutMs: FREE_MS, what: 'the launch to find the place free', signal });
    },
  ],
  [
    'a removal of an attempt leaves a later one alone',
    [],
    async (bench) => {
      const { deployer, other, newId, spec } = bench;
      const id = newId();
      await deployer.launch(spec(id, { attempt: 2 }));
      const before = (await bench.cluster?.namesOf(id)) ?? [];
      for (const asked of [deployer, other]) equal((await asked.remove(id, '?attempt=1')).status, 200, 'the removal of attempt 1');
      await expectStanding(bench, id, before);
      equal((await deployer.status(id)).body.attempt, 2, 'the attempt that is there afterwards');
      await deployer.removeFully(id, '?attempt=3');
      await expectStanding(bench, id, []);
    },
  ],
  [
    'a faulty id, attempt or fence is 400',
    [],
    async ({ deployer, newId }) => {
      const id = newId();
      for (const query of ['?attempt=0', '?attempt=x', '?attempt=1.5', '?fence=maybe', '?fence=true']) {
        const { status, code } = await deployer.remove(id, query);
        equal([status, code], [400, 'invalid_document'], query);
      }
      equal((await deployer.remove('Not_An_Id')).status, 400, 'the id Not_An_Id');
    },
  ],
]);

/** Held until the returned function is called, or the case ends. */
async function held(bench: Bench, kind: 'Service' | 'PersistentVolume', name: string): Promise<() => Promise<void>> {
  const release = await clusterOf(bench).hold(kind, name);
  bench.afterwards(release);
  return release;
}

function volumeOf(bench: Bench, id: string): string {
  const [volume] = bench.spec(id).persistent_volumes;
  if (volume === undefined) throw new Error('cannot happen: a case needs a volume and does not say so');
  return volume.metadata.name;
}

/** Leaves the volume as a deployer does that dies between the two deletions. */
async function loseAnchor(bench: Bench, id: string): Promise<void> {
  const cluster = clusterOf(bench);
  await bench.deployer.launch(bench.spec(id));
  await cluster.kube.delete(cluster.path('ConfigMap', `vice-${id}`), 'Foreground');
  await untilOnlyVolume(bench, id);
}

async function untilOnlyVolume(bench: Bench, id: string): Promise<void> {
  const cluster = clusterOf(bench);
  const isAlone = async () => {
    const names = await cluster.namesOf(id);
    return names.length > 0 && names.every((name) => name.startsWith('PersistentVolume/'));
  };
  await waitFor(isAlone, { timeoutMs: SEEN_MS, everyMs: 100, what: `only the volume to be left of ${id}`, signal: bench.signal });
}

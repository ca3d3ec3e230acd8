import { equal, oneOf } from '../breach.ts';
import { casesOf, expectStanding } from '../case.ts';
import { anchorOf } from '../objects-of-spec.ts';

/** Attempts, and what keeps one that was ended from coming alive. */
export const fencing = casesOf('fencing', [
  [
    'an attempt that was fenced is 409 fenced and not retryable, a later one is applied',
    [],
    async (bench) => {
      const { deployer, other, newId, spec } = bench;
      const id = newId();
      equal((await deployer.remove(id, '?attempt=2&fence=true')).status, 200, 'a fence where nothing is');
      for (const attempt of [1, 2, undefined]) {
        const refused = await other.apply(spec(id, { ...(attempt !== undefined && { attempt }) }));
        equal([refused.status, refused.code, refused.retryable], [409, 'fenced', false], `attempt ${attempt ?? 'unsaid'} behind a fence of 2`);
      }
      await expectStanding(bench, id, [anchorOf(id)]);
      const applied = await other.apply(spec(id, { attempt: 3 }));
      equal([applied.status, applied.body.attempt], [201, 3], 'attempt 3 behind a fence of 2');
      equal((await other.apply(spec(id, { attempt: 2 }))).code, 'fenced', 'attempt 2 when 3 is applied');
    },
  ],
  [
    'a POST that is held up until its removal was answered brings nothing to life',
    [],
    async (bench) => {
      const { deployer, other, newId, spec } = bench;
      const id = newId();
      const released = Promise.withResolvers<void>();
      const { begun, answer } = deployer.applySlowly(spec(id, { attempt: 1 }), released.promise);
      try {
        await begun;
        equal((await other.remove(id, '?attempt=1&fence=true')).status, 200, 'the removal with a fence');
      } finally {
        released.resolve();
      }
      const { status, code } = await answer;
      equal([status, code], [409, 'fenced'], 'the POST that came to its end afterwards');
      await expectStanding(bench, id, [anchorOf(id)]);
    },
  ],
  [
    'a fencing removal of what is there answers 200 only when it is gone and the fence stands',
    [],
    async (bench) => {
      const { deployer, other, newId, spec } = bench;
      const id = newId();
      await deployer.launch(spec(id, { attempt: 4 }));
      await other.removeFully(id, '?attempt=4&fence=true');
      await expectStanding(bench, id, [anchorOf(id)]);
      equal((await deployer.apply(spec(id, { attempt: 4 }))).code, 'fenced', 'attempt 4 again');
    },
  ],
  [
    'a fence is nothing: not found, not listed, not removed by a removal, and only ever raised',
    [],
    async (bench) => {
      const { deployer, other, newId, spec } = bench;
      const id = newId();
      await deployer.remove(id, '?attempt=3&fence=true');
      for (const asked of [deployer, other]) {
        equal((await asked.status(id)).status, 404, 'the status of a fence');
        const { items } = (await asked.list()).body;
        equal(
          items.some(({ external_id }) => external_id === id),
          false,
          'whether a fence is listed',
        );
      }
      equal((await other.remove(id)).status, 200, 'the removal of a fence');
      await deployer.remove(id, '?attempt=2&fence=true');
      equal((await other.apply(spec(id, { attempt: 3 }))).code, 'fenced', 'attempt 3 after fences of 3 and 2');
      await deployer.remove(id, '?attempt=5&fence=true');
      equal((await other.apply(spec(id, { attempt: 4 }))).code, 'fenced', 'attempt 4 after a fence of 5');
      await expectStanding(bench, id, [anchorOf(id)]);
    },
  ],
  [
    'a fence of an earlier attempt leaves a later one running',
    [],
    async (bench) => {
      const { deployer, other, newId, spec } = bench;
      const id = newId();
      await deployer.launch(spec(id, { attempt: 7 }));
      const before = (await bench.cluster?.namesOf(id)) ?? [];
      equal((await other.remove(id, '?attempt=6&fence=true')).status, 200, 'a fence of 6 where 7 is');
      await expectStanding(bench, id, before);
      equal((await deployer.status(id)).body.attempt, 7, 'the attempt that is there afterwards');
    },
  ],
  [
    'a POST and a fence at once: it is applied and removed, or never was',
    [],
    async (bench) => {
      const { deployer, other, newId, spec } = bench;
      const id = newId();
      const [applied] = await Promise.all([deployer.apply(spec(id)), other.remove(id, '?attempt=1&fence=true')]);
      oneOf(applied.status, [201, 409], 'the POST');
      await deployer.removeFully(id, '?attempt=1&fence=true');
      await expectStanding(bench, id, [anchorOf(id)]);
    },
  ],
]);

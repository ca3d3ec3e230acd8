import { expect, test } from 'bun:test';
import { DeployerAuthError, DeployerUnreachableError, UnavailableError } from '../errors/errors.ts';
import type { ExternalId } from '../schema/ids.ts';
import { type Guard, guardedDeployer } from './guarded-deployer.ts';
import type { Apply, Deployer } from './ports.ts';

const external_id = 'a1' as ExternalId; // a DNS label, which is all that the brand promises
const request: Apply = { external_id, spec: '{}', spec_hash: 'abc', attempt: 1 };
const signal = new AbortController().signal;

/** A deployer whose calls all end like this, behind a breaker that stays open once a launch has opened it. */
function behindBreaker(error: Error) {
  const calls: string[] = [];
  let failure: ReturnType<Guard['closedBecause']>;
  const fail = (call: string) => {
    calls.push(call);
    return Promise.reject(error);
  };
  const deployer: Deployer = { apply: () => fail('apply'), status: () => fail('status'), remove: () => fail('remove') };
  const guard: Guard = {
    closedBecause: () => failure,
    lost: (why) => {
      failure = why;
    },
  };
  const guarded = guardedDeployer(deployer, guard);
  const ask = (call: () => Promise<unknown>): Promise<unknown> => call().catch((err: unknown) => err);
  return {
    calls,
    apply: () => ask(() => guarded.apply(request, signal)),
    status: () => ask(() => guarded.status(external_id, signal)),
    remove: () => ask(() => guarded.remove(request, { fence: false }, signal)),
  };
}

test('the first launch that finds no sign of life tells the others: none of them asks, and nor does any removal', async () => {
  const { calls, apply, status, remove } = behindBreaker(new DeployerUnreachableError('it hangs'));
  expect(await apply()).toMatchObject({ name: 'DeployerUnreachableError', message: 'it hangs' });
  const others = await Promise.all([apply(), status(), remove(), apply()]);
  for (const err of others) expect(err).toMatchObject({ name: 'DeployerUnreachableError', message: 'it hangs', retryable: true });
  expect(calls).toEqual(['apply']);
});

test('certificates that are refused are told as such to those who come after', async () => {
  const { apply, calls } = behindBreaker(new DeployerAuthError('its certificate has expired'));
  await apply();
  expect(await apply()).toBeInstanceOf(DeployerAuthError);
  expect(calls).toEqual(['apply']);
});

test('an answer that does not come says nothing of the deployer’s life: it may have been one slow analysis', async () => {
  const { calls, apply, status } = behindBreaker(new UnavailableError('not in time'));
  for (const call of [apply, apply, status]) expect(await call()).toBeInstanceOf(UnavailableError);
  expect(calls).toEqual(['apply', 'apply', 'status']);
});

test('a removal that cannot connect leaves it to the probes to judge', async () => {
  const { calls, remove } = behindBreaker(new DeployerUnreachableError('refused'));
  await remove();
  await remove();
  expect(calls).toEqual(['remove', 'remove']);
});

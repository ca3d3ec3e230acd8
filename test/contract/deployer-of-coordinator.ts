import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { randomUUID } from 'node:crypto';
import { createDeployerClient, type DeployerClient } from '../../src/adapters/deployer-client/deployer-client.ts';
import type { Apply } from '../../src/coordinator/ports.ts';
import { type ExternalId, isExternalId } from '../../src/schema/ids.ts';
import { specHash } from '../../src/schema/spec-hash.ts';
import { sampleSpec } from './sample-spec.ts';

export interface DeployerAtUrl {
  readonly url: string;
  stop(): Promise<unknown>;
}

/** What a coordinator relies on of a deployer, asked as a coordinator asks it. For whatever takes a deployer's place too. */
export function deployerOfCoordinator(name: string, start: () => Promise<DeployerAtUrl>): void {
  describe(`${name}, as a coordinator knows it:`, () => {
    const { signal } = new AbortController();
    let deployer: DeployerAtUrl;
    let client: DeployerClient;
    beforeAll(async () => {
      deployer = await start();
      client = createDeployerClient(deployer.url);
    });
    afterAll(() => deployer.stop());

    const removed = async ({ external_id, attempt }: Apply, fence: boolean) => {
      let gone = false;
      while (!gone) ({ gone } = await client.remove({ external_id, attempt }, { fence }, signal)); // each waits for what still ends
    };
    const outcome = (asked: Promise<unknown>) =>
      asked.then(
        () => 'taken',
        (err: unknown) => (err instanceof Error ? err.name : String(err)),
      );

    test('it is well, and says what it is', async () => {
      expect(await client.health(signal)).toMatchObject({
        state: 'healthy',
        deployer: { version: expect.any(String), clock_skew_ms: expect.any(Number) },
      });
    });

    test('what it was never sent is not there, and its removal is done', async () => {
      const { external_id } = attemptOf(newId(), 1);
      expect(await client.status(external_id, signal)).toBeUndefined();
      expect(await client.remove({ external_id, attempt: 1 }, { fence: false }, signal)).toEqual({ external_id, gone: true, left: [] });
    });

    test('what it was sent is there, the same again changes nothing but the attempt, which only grows', async () => {
      const id = newId();
      for (const [sent, told] of [
        [1, 1],
        [1, 1],
        [3, 3],
        [2, 3],
      ] as const) {
        const request = attemptOf(id, sent);
        const { spec_hash } = request;
        expect(await client.apply(request, signal)).toMatchObject({ external_id: id, attempt: told, spec_hash });
        expect(await client.status(id, signal)).toMatchObject({ external_id: id, attempt: told, spec_hash });
      }
      await removed(attemptOf(id, 3), false);
      expect(await client.status(id, signal)).toBeUndefined();
    });

    test('another spec under the same id is refused, and what is there stays', async () => {
      const id = newId();
      const request = attemptOf(id, 1);
      await client.apply(request, signal);
      expect(await outcome(client.apply(attemptOf(id, 2, 'somebody'), signal))).toBe('ConflictError');
      expect(await client.status(id, signal)).toMatchObject({ attempt: 1, spec_hash: request.spec_hash });
      await removed(request, false);
    });

    test('a removal of earlier attempts leaves a later one', async () => {
      const id = newId();
      await client.apply(attemptOf(id, 2), signal);
      await removed(attemptOf(id, 1), false);
      expect(await client.status(id, signal)).toMatchObject({ attempt: 2 });
      await removed(attemptOf(id, 2), false);
    });

    test('what was fenced is refused, whether it was there or not, and a later attempt is taken', async () => {
      for (const wasThere of [true, false]) {
        const id = newId();
        if (wasThere) await client.apply(attemptOf(id, 1), signal);
        await removed(attemptOf(id, 1), true);
        expect(await outcome(client.apply(attemptOf(id, 1), signal))).toBe('FencedError');
        expect(await client.status(id, signal)).toBeUndefined();
        expect(await outcome(client.apply(attemptOf(id, 2), signal))).toBe('taken');
        await removed(attemptOf(id, 2), false);
      }
    });
  });
}

function newId(): ExternalId {
  const id = randomUUID();
  if (!isExternalId(id)) throw new Error('cannot happen: a UUID is an external id');
  return id;
}

function attemptOf(external_id: ExternalId, attempt: number, username?: string): Apply {
  const { metadata, ...rest } = sampleSpec(external_id);
  const spec = { ...rest, metadata: { ...metadata, attempt, ...(username !== undefined && { username }) } };
  return { external_id, attempt, spec: JSON.stringify(spec), spec_hash: specHash(spec) };
}

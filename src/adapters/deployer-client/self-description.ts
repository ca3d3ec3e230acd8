import { Type } from '@sinclair/typebox';
import type { DeployerFacts } from '../../cluster-registry/ports.ts';
import { check } from '../../schema/check.ts';
import { parsed } from './refusals.ts';

const HealthAnswer = Type.Object({ version: Type.String({ maxLength: 100 }), now: Type.String({ maxLength: 40 }) });

/**
 * What a deployer that answered its health between `askedAt` and `answeredAt` says of itself; nothing when it says nothing of the kind. Its clock was
 * read within that time: how much of a difference the way of the answer explains is not known, so only what is outside of it counts as skew.
 */
export function selfDescription(text: string, askedAt: number, answeredAt: number): { readonly deployer?: DeployerFacts } {
  const answer = check(HealthAnswer, parsed(text));
  if (!answer.ok) return {};
  const now = Date.parse(answer.value.now);
  if (Number.isNaN(now)) return {};
  const clock_skew_ms = now < askedAt ? now - askedAt : Math.max(0, now - answeredAt);
  return { deployer: { version: answer.value.version, clock_skew_ms } };
}

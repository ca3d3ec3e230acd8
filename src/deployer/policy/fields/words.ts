import { PROXY_SECRET_KEY } from '../../../spec-builder/pod/proxy-container.ts';
import type { RuleId } from '../rules.ts';
import { list, type Shape, value } from '../shape.ts';

/** Text of at most so many bytes, which nobody repeats. */
export function byteText(rule: RuleId, most: number): Shape {
  return value({ rule, allows: `text of at most ${most} bytes`, is: (candidate) => isShort(candidate, most), isPrivate: true });
}

/** Text that a process is started with: Linux ends each at 128 KiB. */
export function processText(rule: RuleId): Shape {
  return value({
    rule,
    allows: 'text of at most `limits.word_bytes` bytes',
    is: (candidate, { policy }) => isShort(candidate, policy.limits.word_bytes),
    isPrivate: true,
  });
}

const EXPANDED = `$(${PROXY_SECRET_KEY})`;

/** Command and arguments of a container that holds no secret. */
export const words: Shape = list(
  'container.command',
  value({
    rule: 'container.command',
    allows: `text of at most \`limits.word_bytes\` bytes without ${EXPANDED}`,
    is: (candidate, { policy }) => isShort(candidate, policy.limits.word_bytes) && !String(candidate).includes(EXPANDED),
    isPrivate: true,
  }),
  { most: ({ policy }) => policy.limits.words },
);

export function isShort(candidate: unknown, most: number): boolean {
  return typeof candidate === 'string' && candidate.length <= most && Buffer.byteLength(candidate) <= most;
}

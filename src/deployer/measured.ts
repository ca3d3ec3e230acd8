import { codeOf } from '../errors/code-of.ts';
import { SpecRefusedError } from '../errors/errors.ts';
import type { TransferType } from '../schema/file-transfer.ts';
import type { Deployer } from './deployer.ts';

/** Told of what a deployer does. Outcomes and rules are from closed sets. */
export interface DeployerMeter {
  /** `created`, `unchanged`, or the code of the error. */
  applied(outcome: string, seconds: number): void;
  /** `gone`, `terminating`, or the code of the error. */
  removed(outcome: string, seconds: number): void;
  /** A transfer was asked for: how it stood when that was answered, or the code of the error. */
  transferAsked(type: TransferType, outcome: string): void;
  /** A violation of the policy. */
  violated(rule: string): void;
  /** One more spec, or one less, is being read or applied. */
  inHand(change: 1 | -1): void;
}

/** The same deployer, which tells `meter` of everything that it changes. */
export function measured(deployer: Deployer, meter: DeployerMeter): Deployer {
  return {
    ...deployer,
    admit: (work) =>
      deployer.admit(async () => {
        meter.inHand(1);
        try {
          return await work();
        } finally {
          meter.inHand(-1);
        }
      }),
    apply: async (spec, origin) => {
      const applied = timed(
        () => deployer.apply(spec, origin),
        ({ isNew }) => (isNew ? 'created' : 'unchanged'),
        (outcome, seconds) => meter.applied(outcome, seconds),
      );
      return applied.catch((err: unknown) => {
        for (const rule of rulesIn(err)) meter.violated(rule);
        throw err;
      });
    },
    startTransfer: (externalId, type) =>
      timed(
        () => deployer.startTransfer(externalId, type),
        ({ status }) => status,
        (outcome) => meter.transferAsked(type, outcome),
      ),
    remove: (externalId, scope) =>
      timed(
        () => deployer.remove(externalId, scope),
        ({ gone }) => (gone ? 'gone' : 'terminating'),
        (outcome, seconds) => meter.removed(outcome, seconds),
      ),
  };
}

async function timed<T>(work: () => Promise<T>, outcomeOf: (result: T) => string, tell: (outcome: string, seconds: number) => void): Promise<T> {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1_000;
  try {
    const result = await work();
    tell(outcomeOf(result), seconds());
    return result;
  } catch (err) {
    tell(codeOf(err), seconds());
    throw err;
  }
}

/** What the cluster itself refuses names no rule of the policy. */
function rulesIn(err: unknown): readonly string[] {
  return err instanceof SpecRefusedError ? (err.faults ?? []).flatMap(({ rule }) => rule ?? []) : [];
}

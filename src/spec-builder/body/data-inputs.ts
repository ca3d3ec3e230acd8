import type { Analysis } from '../../schema/analysis.ts';
import type { Draft } from '../../schema/fit.ts';
import type { StepInput } from '../../schema/step.ts';
import { basenameOf, isBlank, withSlash } from './paths.ts';

/** A file or folder that the analysis reads, with what is derived from how it was sent. */
export interface DataInput {
  /** Where it stands in the body: `steps[0].config.input[2]`. */
  readonly at: string;
  /** Path in the data store. Collections end in a slash. */
  readonly irodsPath: string;
  /** Last part of the path, without slashes. */
  readonly basename: string;
  /** How the path looks where it was copied to, seen from the working directory. Collections end in a slash. */
  readonly localName: string;
  readonly type: string;
  readonly isRetained: boolean;
}

/** The inputs that name something, in their order. Blank ones and the root of the data store are none: the user chose nothing there. */
export function dataInputs(analysis: Draft<Analysis>): DataInput[] {
  return stepInputs(analysis).flatMap(({ at, input }) => dataInput(at, input) ?? []);
}

/**
 * Paths to copy into the pod where the data store is not mounted: those of all inputs without a ticket. A blank file leaves a blank line, as it
 * always has; a blank collection leaves nothing, because `/` would stand for the whole data store.
 */
export function pathsToCopy(analysis: Draft<Analysis>): string[] {
  return stepInputs(analysis).flatMap(({ at, input }) => {
    if ((input.ticket ?? '') !== '') return [];
    const named = dataInput(at, input);
    if (named !== undefined) return [named.irodsPath];
    return isBlank(input.value ?? '') && input.multiplicity !== 'collection' ? [''] : [];
  });
}

/** Every input of every step, blank or not. */
function stepInputs(analysis: Draft<Analysis>): { at: string; input: Draft<StepInput> }[] {
  return (analysis.steps ?? []).flatMap((step, s) =>
    (step?.config?.input ?? []).flatMap((input, i) => (input === undefined ? [] : { at: `steps[${s}].config.input[${i}]`, input })),
  );
}

function dataInput(at: string, input: Draft<StepInput>): DataInput | undefined {
  const path = input.value ?? '';
  const basename = basenameOf(path);
  if (isBlank(basename)) return undefined;
  const isCollection = input.multiplicity === 'collection';
  return {
    at,
    irodsPath: isCollection ? withSlash(path) : path,
    basename,
    localName: isCollection ? withSlash(basename) : basename,
    type: input.type ?? '',
    isRetained: input.retain ?? false,
  };
}

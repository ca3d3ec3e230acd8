import { type Static, Type } from '@sinclair/typebox';
import { Container } from './container.ts';
import { Line } from './text.ts';

const Text = Type.String();
const Flag = Type.Boolean();

/** A file or folder of the data store that the analysis reads. */
export const StepInput = Type.Object({
  /** Path in the data store; blank: the user chose nothing. */
  value: Type.Optional(Line),
  /** `FileInput`, `MultiFileSelector` or `FolderInput`, in any letter case. */
  type: Type.Optional(Text),
  /** `collection` is a folder; `single` and `many` are files. */
  multiplicity: Type.Optional(Text),
  /** Grants access without the user's own permission; then the path is not in the list of paths. */
  ticket: Type.Optional(Text),
  /** Whether it is saved with the outputs. @default false */
  retain: Type.Optional(Flag),
  id: Type.Optional(Text),
  name: Type.Optional(Text),
  property: Type.Optional(Text),
});
export type StepInput = Static<typeof StepInput>;

/** A file or folder that the analysis writes. */
export const StepOutput = Type.Object({
  name: Type.Optional(Line),
  multiplicity: Type.Optional(Text),
  /** Whether it is saved. @default false */
  retain: Type.Optional(Flag),
  property: Type.Optional(Text),
  'qual-id': Type.Optional(Text),
  type: Type.Optional(Text),
});
export type StepOutput = Static<typeof StepOutput>;

/** One argument of the command line, or a name and a value which are two. */
export const StepParam = Type.Object({
  name: Type.Optional(Text),
  value: Type.Optional(Text),
  /** Smaller comes first; equals stay as they stand. @default 0 */
  order: Type.Optional(Type.Integer()),
  id: Type.Optional(Text),
  type: Type.Optional(Text),
  path: Type.Optional(Text),
});
export type StepParam = Static<typeof StepParam>;

const StepConfig = Type.Object({
  input: Type.Optional(Type.Array(StepInput)),
  output: Type.Optional(Type.Array(StepOutput)),
  params: Type.Optional(Type.Array(StepParam)),
});

/** The tool. Only its container matters here; the rest is checked for its type. */
export const Component = Type.Object({
  container: Container,
  name: Type.Optional(Text),
  location: Type.Optional(Text),
  type: Type.Optional(Text),
  description: Type.Optional(Text),
  time_limit_seconds: Type.Optional(Type.Integer()),
  restricted: Type.Optional(Flag),
  interactive: Type.Optional(Flag),
});
export type Component = Static<typeof Component>;

/** One step of an analysis; an interactive analysis has exactly one. */
export const Step = Type.Object({
  component: Component,
  config: Type.Optional(StepConfig),
  /** Environment of the analysis' container. */
  environment: Type.Optional(Type.Record(Type.String(), Text)),
  type: Type.Optional(Text),
  stdin: Type.Optional(Text),
  stdout: Type.Optional(Text),
  stderr: Type.Optional(Text),
  'log-file': Type.Optional(Text),
});
export type Step = Static<typeof Step>;

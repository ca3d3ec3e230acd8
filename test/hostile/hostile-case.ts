import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Static, Type } from '@sinclair/typebox';
import { parse } from 'yaml';
import { check } from '../../src/schema/check.ts';

const Change = Type.Object(
  {
    op: Type.Union([Type.Literal('add'), Type.Literal('replace'), Type.Literal('remove')]),
    path: Type.String(),
    value: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
);
export type Change = Static<typeof Change>;

const Piece = Type.Union([Type.String(), Type.Object({ $repeat: Type.String(), times: Type.Integer() }, { additionalProperties: false })]);

/** A change of the text that is sent, where JSON itself is the attack. */
const TextChange = Type.Union([
  Type.Object(
    { find: Type.String(), put: Type.Union([Type.String(), Type.Array(Piece)]), once: Type.Optional(Type.Boolean()) },
    { additionalProperties: false },
  ),
  Type.Object({ find: Type.String(), put_hex: Type.String(), once: Type.Optional(Type.Boolean()) }, { additionalProperties: false }),
  Type.Object({ append: Type.String() }, { additionalProperties: false }),
  Type.Object({ whole: Type.String() }, { additionalProperties: false }),
  Type.Object({ pad_to: Type.Integer() }, { additionalProperties: false }),
]);
export type TextChange = Static<typeof TextChange>;

/** A file of `cases/`. README.md says what each key means. */
const HostileCaseFile = Type.Object(
  {
    title: Type.String({ minLength: 1 }),
    gains: Type.String({ minLength: 1 }),
    base: Type.Optional(Type.String()),
    policy: Type.Optional(Type.String()),
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    changes: Type.Optional(Type.Array(Change)),
    text: Type.Optional(Type.Array(TextChange)),
    status: Type.Integer({ minimum: 400, maximum: 499 }),
    code: Type.Optional(Type.String()),
    because: Type.Optional(Type.Array(Type.Object({ rule: Type.Optional(Type.String()), path: Type.String() }, { additionalProperties: false }))),
    besides: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

export interface HostileCase extends Static<typeof HostileCaseFile> {
  /** `volume/host-path`: the file's name, and what the reference calls it. */
  readonly id: string;
}

const folder = join(import.meta.dir, 'cases');

/** Every case, sorted by its id. @throws where a file is none */
export function hostileCases(): readonly HostileCase[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml'))
    .toSorted()
    .map(read);
}

/** The policy that a case is checked against; none is the default one. */
export function policyFile({ policy }: HostileCase): string | undefined {
  return policy === undefined ? undefined : join(import.meta.dir, 'policies', `${policy}.yaml`);
}

function read(path: string): HostileCase {
  const checked = check(HostileCaseFile, parse(readFileSync(join(folder, path), 'utf8')));
  if (!checked.ok) throw new Error(`${path} is no hostile case: ${JSON.stringify(checked.faults)}`);
  return { ...checked.value, id: path.replace(/\.yaml$/, '') };
}

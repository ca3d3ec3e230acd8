import { type Static, Type } from '@sinclair/typebox';
import { type Checked, check, type Fault } from './check.ts';
import { type Draft, fit, salvage } from './fit.ts';
import { type AnalysisId, type ExternalId, UserId } from './ids.ts';
import { Step } from './step.ts';
import { LabelValue, Line, Rfc3339 } from './text.ts';
import { unspeakable } from './unspeakable.ts';

const Text = Type.String();
const Flag = Type.Boolean();
const Whole = Type.Integer();

/** Five less than a DNS label has, because the Service is called `vice-<uuid>`. */
const LaunchId = Type.Unsafe<ExternalId>(
  Type.String({
    pattern: '^[a-z0-9]([-a-z0-9]{0,56}[a-z0-9])?$',
    errorMessage: 'must be lower case letters, digits and "-", at most 58 characters, usually a UUID',
  }),
);

/** Something that a label can be made of. 255 is what the column `jobs.job_name` holds. */
const Name = Type.String({ pattern: '\\S', maxLength: 255, errorMessage: 'must be a name: not blank, at most 255 characters' });

/**
 * The body of `POST /vice/launch`: an analysis as `apps` sends it. What is optional may also be null. The second half is checked for its type, as
 * app-exposer did, and otherwise ignored; keys that are not here are ignored altogether.
 */
export const Analysis = Type.Object({
  /** The external id: it names every object. */
  uuid: LaunchId,
  user_id: UserId,
  /** Short name, without the domain. */
  username: Name,
  /** The analysis' own name. */
  name: Name,
  /** `jobs.id`; empty text means the same as none. Some of the platform's older paths launch before they have one. */
  id: Type.Optional(Type.Unsafe<AnalysisId>(Type.String({ maxLength: 255 }))),
  app_id: Type.Optional(LabelValue),
  app_name: Type.Optional(Name),
  steps: Type.Array(Step, { minItems: 1, maxItems: 1, errorMessage: 'must be a list of exactly one step' }),
  /** Collection that outputs are saved to. Absent or empty: one below `irods_base`. */
  output_dir: Type.Optional(Line),
  /** Whether outputs go to a new collection below `output_dir`. @default false */
  create_output_subdir: Type.Optional(Flag),
  /** The user's home collection; absent or empty: it is not mounted. */
  user_home: Type.Optional(Line),
  /** Whether home and shared collections are mounted. @default true */
  mount_data_store: Type.Optional(Flag),
  /** Metadata of everything that is saved. */
  'file-metadata': Type.Optional(Type.Array(Type.Object({ attr: Type.Optional(Text), value: Type.Optional(Text), unit: Type.Optional(Text) }))),
  /** Whether the directory `logs` is saved. @default false */
  archive_logs: Type.Optional(Flag),
  /** Further paths that are not saved. */
  filter_files: Type.Optional(Type.Array(Line)),
  irods_base: Type.Optional(Line),
  /** Stamp for the name of a generated output collection. */
  now_date: Type.Optional(Line),

  app_description: Type.Optional(Text),
  batch_id: Type.Optional(Text),
  condor_id: Type.Optional(Text),
  condor_log_path: Type.Optional(Text),
  config_file: Type.Optional(Text),
  date_submitted: Type.Optional(Rfc3339),
  date_started: Type.Optional(Rfc3339),
  date_completed: Type.Optional(Rfc3339),
  description: Type.Optional(Text),
  email: Type.Optional(Text),
  execution_target: Type.Optional(Text),
  exit_code: Type.Optional(Whole),
  extra: Type.Optional(Type.Object({ htcondor: Type.Optional(Type.Object({ extra_requirements: Type.Optional(Text) })) })),
  failure_count: Type.Optional(Whole),
  failure_threshold: Type.Optional(Whole),
  group: Type.Optional(Text),
  input_path_list: Type.Optional(Text),
  input_ticket_list: Type.Optional(Text),
  nfs_base: Type.Optional(Text),
  notify: Type.Optional(Flag),
  output_dir_ticket: Type.Optional(Text),
  output_ticket_list: Type.Optional(Text),
  request_type: Type.Optional(Text),
  'run-on-nfs': Type.Optional(Flag),
  'skip-parent-meta': Type.Optional(Flag),
  /** Text of the platform's own form (`2026-01-08-21-18-29.123`), no date. */
  submission_date: Type.Optional(Text),
  type: Type.Optional(Text),
  user_groups: Type.Optional(Type.Array(Text)),
  wiki_url: Type.Optional(Text),
});
export type Analysis = Static<typeof Analysis>;

/**
 * A decoded JSON document as an analysis, or every fault of it, each with its path in the document (`steps[0].component.container.max_cpu_cores`).
 * Keys match in any letter case, the exact one first; nulls and unknown keys are dropped; nothing is converted, so text never becomes a number.
 * Pass undefined for an empty body: that is a fault too.
 */
export function decodeAnalysis(document: unknown): Checked<Analysis> {
  const { fitted, faults } = inspect(document);
  if (faults.length > 0) return { ok: false, faults };
  // Without a fault the fitted document is what the schema says.
  return { ok: true, value: fitted as Analysis };
}

/**
 * Every fault of the document's shape, and a draft that holds what is well-formed and nothing else. For checks that go on from there, so that the
 * sender hears of all faults at once.
 */
export function readAnalysis(document: unknown): { readonly draft: Draft<Analysis>; readonly faults: readonly Fault[] } {
  const { fitted, faults } = inspect(document);
  // The salvaged document holds no value that its schema does not allow, which is what a draft promises.
  return { faults, draft: (faults.length === 0 ? fitted : (salvage(Analysis, fitted) ?? {})) as Draft<Analysis> };
}

function inspect(document: unknown): { readonly fitted: unknown; readonly faults: readonly Fault[] } {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    return { fitted: {}, faults: [{ path: '', message: 'the body must be a JSON object that describes an analysis' }] };
  }
  const fitted = fit(Analysis, document);
  const shape = check(Analysis, fitted);
  const ofShape = shape.ok ? [] : shape.faults;
  const told = new Set(ofShape.map(({ path }) => path));
  return { fitted, faults: [...ofShape, ...unspeakable(fitted).filter(({ path }) => !told.has(path))] };
}

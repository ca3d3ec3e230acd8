import type { Analysis } from '../../schema/analysis.ts';
import type { Draft } from '../../schema/fit.ts';
import { join } from './paths.ts';

/** A name that carries its own stamp, `-2026-01-08-21-18-29.1`, gets no second one. */
const STAMPED = /-\d{4}(?:-\d{2}){5}\.\d+$/;

/** The collection of the data store that outputs are saved to. `apps` sends it ready made; the other two forms are those of older callers. */
export function outputDirectory(analysis: Draft<Analysis>): string {
  const given = analysis.output_dir ?? '';
  if (given === '') return join(analysis.irods_base ?? '', analysis.username ?? '', 'analyses', directoryName(analysis));
  if (analysis.create_output_subdir === true) return join(given, directoryName(analysis));
  return given.replace(/\/$/, '');
}

/** Whether outputs can be saved there: an absolute path that is not the root of the data store. */
export function isCollection(path: string): boolean {
  return path.startsWith('/') && /[^/]/.test(path);
}

function directoryName({ name = '', now_date = '' }: Draft<Analysis>): string {
  return STAMPED.test(name) ? name : `${name}-${now_date}`;
}

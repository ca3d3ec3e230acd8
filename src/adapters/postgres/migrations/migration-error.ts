import { ViceError } from '../../../errors/vice-error.ts';

/** The schema of the database and this binary do not go together, or the next step failed. Somebody has to look; trying again changes nothing. */
export class MigrationError extends ViceError {
  override readonly name = 'MigrationError';
  readonly code = 'migration';
  readonly status = 500;
}

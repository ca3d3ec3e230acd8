declare const VICE_VERSION: string | undefined;
declare const VICE_COMMIT: string | undefined;

/** What this program is: `0.1.0 (1a2b3c4)`. Both are put in by the build; from the sources it is `development`. */
export const version: string =
  typeof VICE_VERSION === 'string' && typeof VICE_COMMIT === 'string' ? `${VICE_VERSION} (${VICE_COMMIT})` : 'development';

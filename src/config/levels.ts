import type { LevelWithSilent } from 'pino';

/** Our logger's level for one of app-exposer's. */
export function logLevelOf(level: LevelWithSilent | 'panic'): LevelWithSilent {
  return level === 'panic' ? 'fatal' : level;
}

import type { Level } from 'pino';

/** Our logger's level for one of app-exposer's. */
export function logLevelOf(level: Level | 'panic'): Level {
  return level === 'panic' ? 'fatal' : level;
}

import type { Logger } from 'pino';
import { createLogger } from '../../src/adapters/log/logger.ts';

/** A real logger whose lines a test can read. */
export interface CapturedLog {
  readonly log: Logger;
  readonly lines: Record<string, unknown>[];
  /** All lines as they were written. */
  text(): string;
}

export function capturedLog(): CapturedLog {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  return { log: createLogger({ level: 'trace', mode: 'test', destination }), lines, text: () => JSON.stringify(lines) };
}

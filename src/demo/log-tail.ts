/** The last lines of the log of the programs in this process, shown only when something fails. */
export interface LogTail {
  /** Takes one JSON object a line. */
  write(line: string): void;
  /** The last warnings and errors, each once and in one short line. */
  complaints(): string[];
}

const KEPT = 200;
const SHOWN = 5;
const LONGEST = 220;

export function keepLogTail(): LogTail {
  const lines: string[] = [];
  return {
    write: (line) => {
      lines.push(line);
      if (lines.length > KEPT) lines.shift();
    },
    complaints: () => [...new Set(lines.flatMap(complaintIn))].slice(-SHOWN),
  };
}

function complaintIn(line: string): string[] {
  const { level, mode, message, err }: { level?: string; mode?: string; message?: string; err?: { message?: string } } = JSON.parse(line);
  if (level !== 'warn' && level !== 'error' && level !== 'fatal') return [];
  return [`${mode ?? 'vice'} ${level}: ${message ?? ''}${err?.message === undefined ? '' : `: ${err.message}`}`.slice(0, LONGEST)];
}

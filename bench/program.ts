import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = join(import.meta.dir, '..');

/** How `vice` is run here. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** For the heading of the table. */
  readonly label: string;
}

export interface ProgramChoice {
  /** A compiled binary, for instance of another commit. */
  readonly binary?: string | undefined;
  /** The sources, also where there is a binary. */
  readonly source?: boolean;
}

/** What was chosen, else `dist/vice`, else the sources. @throws when the binary that was chosen is not there */
export function findProgram({ binary, source = false }: ProgramChoice): Program {
  const built = join(root, 'dist', 'vice');
  if (binary !== undefined) {
    if (!existsSync(binary)) throw new Error(`there is no ${binary}`);
    return { command: resolve(binary), args: [], label: binary };
  }
  if (source || !existsSync(built)) return { command: process.execPath, args: [join(root, 'src', 'main.ts')], label: 'src/main.ts, not compiled' };
  const isOld = newestSource() > statSync(built).mtimeMs;
  return { command: built, args: [], label: isOld ? 'dist/vice, OLDER THAN src (npm run build)' : 'dist/vice' };
}

function newestSource(): number {
  const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Math.max(...files.filter(({ name }) => !name.endsWith('.test.ts')).map(({ parentPath, name }) => statSync(join(parentPath, name)).mtimeMs));
}

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dir, '..');

/** How `vice` is run here. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** For the heading of the table. */
  readonly label: string;
  readonly isCompiled: boolean;
}

/** The compiled binary where there is one, the sources otherwise. @throws when `choice` asks for a binary that is not there */
export function findProgram(choice: 'either' | 'binary' | 'source'): Program {
  const binary = join(root, 'dist', 'vice');
  const source = { command: process.execPath, args: [join(root, 'src', 'main.ts')], label: 'src/main.ts, not compiled', isCompiled: false };
  if (choice === 'source') return source;
  if (!existsSync(binary)) {
    if (choice === 'either') return source;
    throw new Error('there is no dist/vice; make it with npm run build');
  }
  const isOld = newestSource() > statSync(binary).mtimeMs;
  return { command: binary, args: [], label: isOld ? 'dist/vice, OLDER THAN src: npm run build' : 'dist/vice', isCompiled: true };
}

function newestSource(): number {
  const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Math.max(...files.filter(({ name }) => !name.endsWith('.test.ts')).map(({ parentPath, name }) => statSync(join(parentPath, name)).mtimeMs));
}

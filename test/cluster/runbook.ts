import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Step {
  /** The heading that it stands under. */
  readonly heading: string;
  readonly script: string;
}

/** What a runbook has its reader execute: every block marked `sh`, in order. */
export async function stepsOf(runbook: string): Promise<readonly Step[]> {
  const text = await readFile(join(import.meta.dir, '../../docs/runbooks', runbook), 'utf8');
  const steps: Step[] = [];
  let heading = '';
  for (const match of text.matchAll(/^#+ (?<heading>.*)$|^```sh\n(?<script>[\s\S]*?)^```$/gm)) {
    const { heading: next, script } = match.groups ?? {};
    if (script === undefined) heading = next ?? heading;
    else steps.push({ heading, script });
  }
  return steps;
}

/** One script for `bash`, which stops at the first command that fails and ends what it left running. Each step is announced on standard output. */
export function scriptOf(steps: readonly Step[]): string {
  const announced = steps.map(({ heading, script }) => `printf '\\n=== %s\\n' '${heading.replaceAll("'", "'\\''")}'\n${script}`);
  return ['set -euo pipefail', "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT", ...announced].join('\n');
}

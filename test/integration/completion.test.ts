import { beforeAll, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vice } from '../support/command.ts';

let script: string;
beforeAll(async () => {
  script = (await vice(['completion', 'bash'])).out;
}, 60_000);

/** What bash offers for the last of these words. */
function offered(...words: readonly string[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'vice-completion-'));
  try {
    writeFileSync(join(folder, 'vice.bash'), script);
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const ask = `source ${folder}/vice.bash; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _vice; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = Bun.spawnSync(['bash', '--norc', '-c', ask]);
    expect(stderr.toString()).toBe('');
    return stdout
      .toString()
      .split('\n')
      .filter((word) => word !== '');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('bash completes commands, their words and their flags, also after operands and other flags', () => {
  expect(offered('vice', 'clus')).toEqual(['clusters']);
  expect(offered('vice', 'clusters', 'd')).toEqual(['delete', 'disable', 'drain']);
  expect(offered('vice', 'clusters', 'delete', '--y')).toEqual(['--yes']);
  expect(offered('vice', 'clusters', 'delete', 'west', '--coordinator', 'http://x', '--y')).toEqual(['--yes']);
  expect(offered('vice', 'migrate', '--dr')).toEqual(['--dry-run']);
  expect(offered('vice', 'spec', 'launch.json', '--login')).toEqual(['--login-ip']);
  expect(offered('vice', 'completion', '')).toEqual(['bash', 'zsh']);
  expect(offered('vice', 'policy', '')).toEqual(['check', 'show']);
  expect(offered('vice', 'policy', 'check', 'spec.json', '--pol')).toEqual(['--policy']);
  expect(offered('vice', 'nonsense', '')).toEqual([]);
});

test('zsh reads the same script, and no other shell is promised', async () => {
  expect((await vice(['completion', 'zsh'])).out).toBe(`autoload -Uz bashcompinit && bashcompinit\n${script}`);
  expect(await vice(['completion', 'fish'])).toMatchObject({ code: 2, out: '', err: expect.stringContaining('bash and one for zsh') });
}, 60_000);

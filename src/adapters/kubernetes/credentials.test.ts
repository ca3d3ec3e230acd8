import { expect, test } from 'bun:test';
import { inspect } from 'node:util';
import { ConfigurationError } from '../../errors/errors.ts';
import { credentialsFrom } from './credentials.ts';

test('the error of a kubeconfig that is no YAML says where, and quotes nothing of it', async () => {
  const text = 'users:\n- name: u\n  user:\n    token: very-secret\n     wrong: [\n';
  const error: unknown = await credentialsFrom({ from: 'text', text })
    .current()
    .catch((err: unknown) => err);
  expect(error).toBeInstanceOf(ConfigurationError);
  expect(error).toHaveProperty('message', expect.stringMatching(/^the kubeconfig cannot be used: bad indentation .*\(5:\d+\)$/));
  expect(inspect(error, { depth: null, showHidden: true })).not.toContain('very-secret');
});

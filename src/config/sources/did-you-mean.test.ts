import { expect, test } from 'bun:test';
import { didYouMean } from './did-you-mean.ts';

const flags = ['port', 'config', 'vice-proxy', 'vice-namespace', 'log-level', 'o'];

test('a slip of the finger is understood, and the beginning of a name', () => {
  const slips = { prot: 'port', por: 'port', cofnig: 'config', 'vice-prxy': 'vice-proxy', 'log-levle': 'log-level', 'vice-name': 'vice-namespace' };
  for (const [slip, meant] of Object.entries(slips)) expect([slip, didYouMean(slip, flags)]).toEqual([slip, meant]);
});

test('where nothing is near, nothing is guessed', () => {
  for (const word of ['harbor', 'x', 'tls-cert', '']) expect([word, didYouMean(word, ['port', 'vice-proxy'])]).toEqual([word, undefined]);
});

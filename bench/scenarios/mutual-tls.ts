import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Figure, type Findings, shown } from '../figures.ts';
import { type LoadRun, runLoad } from '../load.ts';
import { median } from '../measure.ts';
import type { Rig } from '../rig.ts';
import { startPair } from '../vice-pair.ts';

/** Launches a second, coordinator to deployer in the clear and over mutual TLS: two pairs on the same cluster that take turns. */
export async function mutualTls(rig: Rig, quick: boolean): Promise<Findings> {
  const plain = await rig.newVice();
  const folder = join(rig.folder, 'mutual-tls');
  await mkdir(folder);
  const mutual = await startPair({ program: rig.program, folder, kubeconfig: rig.cluster.kubeconfig, isMutual: true });
  const [rounds, launches, limit] = quick ? [1, 50, 10] : [4, 100, 10];
  const pairs = [
    { name: 'plain', pair: plain, runs: [] as LoadRun[] },
    { name: 'mutual TLS', pair: mutual, runs: [] as LoadRun[] },
  ] as const;
  const faults: string[] = [];
  try {
    for (let round = -1; round < rounds; round++) {
      for (const { name, pair, runs } of pairs) {
        const one = await runLoad(rig, pair, pair.contender, { launches, limit });
        faults.push(...one.faults.map((fault) => `${name}: ${fault}`));
        if (round >= 0) runs.push(one); // the first round opens the connections
      }
    }
  } finally {
    await mutual.stop();
  }
  const [plainRate, mutualRate] = pairs.map(({ runs }) => median(runs.map(({ perSecond }) => perSecond)));
  const figures = pairs.map(({ name, runs }): Figure => {
    const cpuOf = (part: keyof LoadRun['cpuMs']) => shown(median(runs.map(({ cpuMs }) => cpuMs[part])) / launches);
    const note = `runs ${runs.map(({ perSecond }) => perSecond.toFixed(1)).join(' ')}; processor time a launch: coordinator ${cpuOf('coordinator')} ms, deployer ${cpuOf('deployer')} ms`;
    return { name: `${name}, ${limit} at once`, value: median(runs.map(({ perSecond }) => perSecond)), unit: '/s', note };
  });
  const ratio: Figure = { name: 'mutual TLS ÷ plain', value: (mutualRate ?? 0) / (plainRate ?? 0), unit: '×', budget: { at_least: 0.8 } };
  const failed: Figure = { name: 'failed or doubled', value: faults.length, unit: '', budget: { at_most: 0 } };
  return { figures: [...figures, ratio, failed], faults };
}

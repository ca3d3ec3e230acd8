import { type AuditedRequest, auditLog, tally } from '../../test/cluster/audit.ts';
import { specOf } from '../example.ts';
import type { Figure, Findings } from '../figures.ts';
import { benchAgent } from '../kube-connection.ts';
import { allGone } from '../leftovers.ts';
import { median } from '../measure.ts';
import { createRequests } from '../objects.ts';
import type { Rig } from '../rig.ts';

/** What the control plane asks itself is not ours to count. */
const controlPlane = /^(kube-controller-manager|kube-scheduler|kube-apiserver|kwok)\//;

const asks = 20;

/** What kube-apiserver is asked, by its own audit log and watches aside. */
export async function requests(rig: Rig, quick: boolean): Promise<Findings> {
  const { deployer, contender, database } = await rig.vice();
  const counted = counter(rig);
  const seen = {
    launch: [] as AuditedRequest[][],
    status: [] as AuditedRequest[][],
    urlReady: [] as AuditedRequest[][],
    exit: [] as AuditedRequest[][],
  };
  for (let round = 0; round < (quick ? 3 : 10); round++) {
    const launch = await contender.prepare();
    const url = `${deployer.url}/api/v1/deployments/${launch.externalId}`;
    const start = async () => {
      await launch.start();
      await rig.pods.ready(launch.externalId);
    };
    const end = async () => {
      await launch.remove();
      await allGone(rig.kube, [launch.externalId]);
      await database.stopped(launch.externalId);
    };
    seen.launch.push(await counted(start));
    seen.status.push(await counted(() => ask(`${url}/status`)));
    seen.urlReady.push(await counted(() => ask(`${url}/url-ready`)));
    seen.exit.push(await counted(end));
  }
  const spec = specOf(crypto.randomUUID());
  const objects = createRequests(spec, rig.kube.namespace).length;
  return {
    figures: [
      figure(`launch of ${objects} objects, anchor included`, seen.launch, objects),
      figure(`status, asked ${asks} times`, seen.status, 0),
      figure(`url-ready, asked ${asks} times`, seen.urlReady, 0),
      figure(`exit with ${spec.persistent_volumes.length} PersistentVolume`, seen.exit, 1 + spec.persistent_volumes.length),
    ],
  };
}

function counter({ cluster }: Rig): (work: () => Promise<void>) => Promise<AuditedRequest[]> {
  const log = auditLog(cluster);
  return async (work) => {
    const from = await log.mark();
    await work();
    const found = await log.requests(from, await log.mark());
    return found.filter(({ userAgent }) => userAgent !== benchAgent && !controlPlane.test(userAgent));
  };
}

async function ask(url: string): Promise<void> {
  for (let n = 0; n < asks; n++) {
    const response = await fetch(url);
    const text = await response.text();
    if (!response.ok) throw new Error(`GET ${url}: ${response.status} ${text}`);
  }
}

/** The median over the rounds, because a deployer also does things of its own now and then; the note shows the largest round. */
function figure(name: string, rounds: readonly AuditedRequest[][], budget: number): Figure {
  const [largest = []] = rounds.toSorted((a, b) => b.length - a.length);
  const kinds = Object.entries(tally(largest)).map(([kind, count]) => `${count} ${kind}`);
  return {
    name,
    value: median(rounds.map((found) => found.length)),
    unit: '',
    budget: { at_most: budget },
    note: `at most ${largest.length}: ${kinds.join(', ')}`,
  };
}

import type { Phase } from '../schema/deployment-status.ts';
import type { Narrator } from './narrator.ts';
import type { Sighting } from './sightings.ts';

/** Tells each new phase of each analysis, and each new trouble, in one line; `nameOf` may know a better name than the id. */
export function tellSightings(narrator: Narrator, nameOf: (externalId: string) => string): (sighting: Sighting) => void {
  const told = new Map<string, string>();
  return ({ cluster, external_id, status }) => {
    const key = `${cluster} ${external_id}`;
    const word = wordFor(status);
    const news = `${word} ${status?.message ?? ''}`;
    if (told.get(key) === news || word === words.incomplete) return;
    told.set(key, news);
    const name = nameOf(external_id);
    if (status === undefined) narrator.step(word, `nothing of ${name} is left on ${cluster}`);
    else narrator.step(word, `${name} on ${cluster}`, ...remarks(status));
  };
}

const words: { readonly [P in Phase]: string } = {
  incomplete: 'incomplete',
  pending: 'starting',
  running: 'running',
  failed: 'in trouble',
  terminating: 'ending',
};

function wordFor(status: Sighting['status']): string {
  if (status === undefined) return 'gone';
  return words[status.phase === 'running' && !status.url_ready ? 'pending' : status.phase];
}

function remarks(status: NonNullable<Sighting['status']>): string[] {
  if (status.message !== undefined) return [status.message, ...(status.hint === undefined ? [] : [status.hint])];
  const pods = new Set(status.containers.map(({ pod }) => pod));
  return status.phase === 'running' ? [`pod ${[...pods].join(', ')}, ${status.containers.filter(({ init }) => !init).length} containers ready`] : [];
}

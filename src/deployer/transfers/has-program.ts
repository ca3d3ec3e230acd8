import { NotStartedError } from '../../errors/errors.ts';
import type { Standing } from '../anchor.ts';
import { record, records } from '../observe/read.ts';
import type { ObjectReader } from '../ports.ts';

/** The container that serves transfers, where the data store is not mounted; app-exposer's name for it. */
const CONTAINER = 'input-files';

/**
 * Whether the analysis has a program that transfers files: its Deployment says so before any pod is there.
 * @throws NotStartedError: it has no Deployment, so nobody can say that there is nothing to transfer
 */
export async function hasTransferProgram(reader: ObjectReader, anchor: Standing & { readonly is: 'anchor' }, signal: AbortSignal): Promise<boolean> {
  const name = anchor.objects.find((object) => object.startsWith('Deployment/'))?.slice('Deployment/'.length) ?? anchor.external_id;
  const deployment = await reader.find({ kind: 'Deployment', name }, signal);
  if (!deployment) throw new NotStartedError(`${anchor.external_id} has no Deployment: it was not applied to the end`, { retryAfterSeconds: 2 });
  const template = record(record(deployment['spec'])['template']);
  return records(record(template['spec'])['containers']).some((container) => container['name'] === CONTAINER);
}

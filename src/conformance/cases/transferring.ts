import { equal, holds, oneOf } from '../breach.ts';
import { casesOf } from '../case.ts';

const FINAL = ['completed', 'failed', 'lost'];

/** Transfers of files. With the suite's own spec, which mounts the data store, there is nothing to transfer. */
export const transferring = casesOf('transferring', [
  [
    'a transfer that is asked for is told, and asking for its state tells the same one',
    [],
    async ({ deployer, other, newId, spec }) => {
      const id = newId();
      const document = spec(id);
      await deployer.launch(document);
      await deployer.untilPhase(id, 'running');
      const containers = document.deployment.spec?.template.spec?.containers ?? [];
      const hasProgram = containers.some(({ name }) => name === 'input-files');
      for (const type of ['download', 'upload']) {
        const { status, body } = await deployer.startTransfer(id, type);
        if (hasProgram && status === 503) {
          // A deployer outside of the cluster may have no way to the program; then it must not tell of a state either.
          oneOf((await other.transferState(id, type)).status, [404, 503], `${type}: the state where the program cannot be reached`);
          continue;
        }
        equal([status, body.external_id, body.type], [202, id, type], `${type}: status, external_id and type`);
        if (!hasProgram) equal([body.status, body.uuid], ['completed', undefined], `${type} of an analysis without a transfer program`);
        const state = await other.transferState(id, type);
        equal([state.status, state.body.uuid], [200, body.uuid], `${type}: status and uuid of its state`);
        holds(
          !FINAL.includes(body.status) || state.body.status === body.status,
          `${type}: ${body.status} was final, and became ${state.body.status}`,
        );
      }
    },
  ],
  [
    'one of what nobody launched is 404, and one that is neither download nor upload 400',
    [],
    async ({ deployer, newId }) => {
      const id = newId();
      for (const answer of [await deployer.startTransfer(id, 'upload'), await deployer.transferState(id, 'download')]) {
        equal([answer.status, answer.code], [404, 'not_found'], 'a transfer of what nobody launched');
      }
      for (const answer of [await deployer.startTransfer(id, 'sideload'), await deployer.transferState(id, 'sideload')]) {
        equal([answer.status, answer.problem.faults?.map(({ path }) => path)], [400, ['type']], 'a sideload');
      }
    },
  ],
]);

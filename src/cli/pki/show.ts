import { readCommand } from '../../config/client/command.ts';
import { showCertificates } from '../../config/client/pki-commands.ts';
import type { Action } from '../actions.ts';
import { print } from '../output/print.ts';
import { certificatesTable, faultsOf, shownIn } from './shown.ts';

export const show: Action = async (argv, env) => {
  const { values, operands } = readCommand(showCertificates, argv, env);
  const now = Date.now();
  const certificates = operands.flatMap((path) => shownIn(path, now));
  const faults = certificates.flatMap((shown) => faultsOf(shown, now).map((fault) => `${shown.file}: ${shown.subject} ${fault}`));
  const notes = faults.map((fault) => `${fault}\n`).join('');
  print(values.output, { certificates, faults }, () => `${certificatesTable(certificates)}${notes === '' ? '' : `\n${notes}`}`);
  return faults.length === 0 ? 0 : 1;
};

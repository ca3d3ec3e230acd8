import { boolean, file, oneOf, url } from '../options/option.ts';

const coordinator = 'Coordinator';

/** Which coordinator a command asks, and how. */
export const connectionOptions = {
  coordinator: url({
    flag: 'coordinator',
    variable: 'VICE_COORDINATOR',
    group: coordinator,
    default: 'http://127.0.0.1:60000',
    help: 'URL of the coordinator',
  }),
  tokenFile: file({
    flag: 'token-file',
    variable: 'VICE_TOKEN_FILE',
    group: coordinator,
    isOptional: true,
    help: 'file with the bearer token that it asks for',
  }),
  // Not --ca-cert, which is the authority of a cluster's deployer where a cluster is registered.
  coordinatorCa: file({
    flag: 'coordinator-ca',
    variable: 'VICE_COORDINATOR_CA',
    group: coordinator,
    isOptional: true,
    help: 'authorities of its certificate, PEM; default: those that the system trusts',
  }),
};

export const outputOptions = {
  output: oneOf(
    'table',
    'json',
    'yaml',
  )({ flag: 'output', short: 'o', group: 'Output', default: 'table', help: 'a table for people, or a document' }),
};

/** Of a command that takes away what cannot be brought back. */
export const confirmOptions = {
  yes: boolean({ flag: 'yes', short: 'y', group: 'Output', default: 'false', help: 'do not ask; required where there is no terminal to ask at' }),
};

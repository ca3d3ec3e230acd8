import { boolean, file, list, text, wholeNumber } from '../options/option.ts';
import type { ClientCommand, CommandGroup } from './command.ts';
import { outputOptions } from './connection-options.ts';

const certificate = 'Certificate';
const files = 'Files';

const commonName = {
  mustBe: 'a name of at most 64 letters, digits, blanks and . _ : / @ -',
  parse: (given: string) => (/^[\w.:/@-]([\w.:/@ -]{0,62}[\w.:/@-])?$/.test(given) ? { value: given } : undefined),
};
const HOST = /^((\*\.)?([a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)(\.[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)*|[0-9a-fA-F:]*:[0-9a-fA-F:.]*)$/;

const listOf = (mustBe: string, isOne: (part: string) => boolean) => ({
  mustBe,
  parse: (given: string) => {
    const parts = given.split(',').map((part) => part.trim());
    return parts.every(isOne) ? { value: parts } : undefined;
  },
});

const days = (standard: string) =>
  wholeNumber(
    1,
    36_500,
    'DAYS',
  )({ flag: 'days', group: certificate, default: standard, help: 'how long it is good; never longer than its authority' });

const issueOptions = (name: string) => ({
  ...outputOptions,
  name: { ...text({ flag: 'name', group: certificate, default: name, metavar: 'NAME', help: 'common name' }), ...commonName },
  hosts: {
    ...list({ flag: 'hosts', group: certificate, isOptional: true, metavar: 'HOST,...', help: 'DNS names and IP addresses by which it is reached' }),
    ...listOf('host names and IP addresses, separated by commas', (part) => HOST.test(part)),
  },
  uris: {
    ...list({ flag: 'uris', group: certificate, isOptional: true, metavar: 'URI,...', help: 'identities such as spiffe://example.org/vice' }),
    ...listOf('URIs, separated by commas', (part) => URL.canParse(part)),
  },
  days: days('365'),
  dir: file({ flag: 'dir', group: files, default: 'pki', metavar: 'DIRECTORY', help: 'folder of the authority: ca.crt and ca.key' }),
  out: file({
    flag: 'out',
    group: files,
    isOptional: true,
    metavar: 'DIRECTORY',
    help: 'folder for tls.crt, tls.key and ca.crt; default: one in --dir, by the name',
  }),
  force: boolean({ flag: 'force', group: files, default: 'false', help: 'replace what is there' }),
});

export const initAuthority = {
  name: 'pki init',
  operands: [],
  summary: 'make an authority for coordinator and deployers',
  description:
    'Writes ca.crt and ca.key (readable by you alone) and never replaces them. Who has ca.key can make certificates that every deployer lets in: keep it away from clusters. Where cert-manager or Vault is, use that.',
  options: {
    ...outputOptions,
    name: { ...text({ flag: 'name', group: certificate, default: 'vice authority', metavar: 'NAME', help: 'common name' }), ...commonName },
    days: days('3650'),
    dir: file({ flag: 'dir', group: files, default: 'pki', metavar: 'DIRECTORY', help: 'folder for ca.crt and ca.key' }),
  },
  examples: [['an authority for ten years', 'vice pki init --dir pki']],
} as const satisfies ClientCommand;

export const issueServer = {
  name: 'pki issue-server',
  operands: [],
  summary: 'a certificate for a deployer',
  description: 'Needs the hosts of the deployer’s URL. Writes tls.crt, tls.key (readable by you alone) and ca.crt.',
  options: issueOptions('vice-deployer'),
  examples: [
    ['for one that is reached from outside', 'vice pki issue-server --name west --hosts west.example.org,10.0.0.7'],
    ['and to run it', 'vice --mode=standalone --mtls --tls-cert pki/west/tls.crt --tls-key pki/west/tls.key --client-ca pki/west/ca.crt'],
  ],
} as const satisfies ClientCommand;

export const issueClient = {
  name: 'pki issue-client',
  operands: [],
  summary: 'a certificate for the coordinator',
  description: 'Deployers see its names and can pin them (--client-names). Writes tls.crt, tls.key (readable by you alone) and ca.crt.',
  options: issueOptions('vice-coordinator'),
  examples: [
    ['one for all clusters', 'vice pki issue-client'],
    ['and to give it to a cluster', 'vice clusters import-certs west --dir pki/vice-coordinator'],
  ],
} as const satisfies ClientCommand;

export const showCertificates = {
  name: 'pki show',
  operands: ['PATH...'],
  summary: 'what is in certificates, and whether their keys belong to them',
  description:
    'PATH is a PEM file, or a folder with tls.crt, tls.key and ca.crt. Exit code 1 when a certificate has expired, is not valid yet, is not of the ca.crt beside it, or its key is another’s.',
  options: { ...outputOptions },
  examples: [
    ['a folder', 'vice pki show pki/west'],
    ['how many days are left', "vice pki show tls.crt -o json | jq '.certificates[0].days_left'"],
  ],
} as const satisfies ClientCommand;

export const pkiCommands: CommandGroup = {
  name: 'pki',
  summary: 'a small authority: certificates for coordinator and deployers',
  commands: [initAuthority, issueServer, issueClient, showCertificates],
};

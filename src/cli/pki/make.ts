import { join } from 'node:path';
import { issue, newAuthority } from '../../adapters/certificate-authority/certificate-authority.ts';
import { readCommand } from '../../config/client/command.ts';
import * as commands from '../../config/client/pki-commands.ts';
import { ConfigurationError } from '../../errors/errors.ts';
import { certificatesIn, type Purpose } from '../../pki/certificates.ts';
import { faultOfAuthorities, type Pair } from '../../pki/pair.ts';
import type { Action } from '../actions.ts';
import { print } from '../output/print.ts';
import { readPem, writePem } from './pem-files.ts';
import { certificatesTable, shownIn } from './shown.ts';

const DAY_MS = 86_400_000;
/** Clocks of two machines differ: what was just made must not be "not valid yet". */
const SKEW_MS = 300_000;

export const init: Action = async (argv, env) => {
  const { values } = readCommand(commands.initAuthority, argv, env);
  const { name, days, dir, output } = values;
  const now = Date.now();
  const { cert, key } = await newAuthority({ name, from: new Date(now - SKEW_MS), until: new Date(now + days * DAY_MS) });
  writePem(dir, { 'ca.crt': cert, 'ca.key': key }, { force: false });
  const files = [join(dir, 'ca.crt'), join(dir, 'ca.key')];
  const certificates = shownIn(files[0] ?? dir, now);
  print(output, { files, certificates }, () => told(files, `${certificatesTable(certificates)}\nKeep ca.key away from every cluster.\n`));
  return 0;
};

export const issueServer: Action = (argv, env) => {
  const { values } = readCommand(commands.issueServer, argv, env, ({ values: { hosts } }, faults) => {
    if (hosts === undefined) faults.push({ path: '--hosts', message: 'is required: the host of the URL under which the deployer is registered' });
  });
  return make(
    values,
    'server',
    (out) => `vice --mode=standalone --mtls --tls-cert ${out}/tls.crt --tls-key ${out}/tls.key --client-ca ${out}/ca.crt`,
  );
};

export const issueClient: Action = (argv, env) => {
  const { values } = readCommand(commands.issueClient, argv, env);
  return make(values, 'client', (out) => `vice clusters import-certs CLUSTER --dir ${out}`);
};

interface Wanted {
  readonly name: string;
  readonly hosts: readonly string[] | undefined;
  readonly uris: readonly string[] | undefined;
  readonly days: number;
  readonly dir: string;
  readonly out: string | undefined;
  readonly force: boolean;
  readonly output: 'table' | 'json' | 'yaml';
}

async function make(wanted: Wanted, purpose: Purpose, next: (out: string) => string): Promise<number> {
  const { name, hosts = [], uris = [], days, dir, out = join(dir, folderOf(name)), force, output } = wanted;
  const now = Date.now();
  const { authority, expires } = readAuthority(dir, now);
  const until = new Date(Math.min(now + days * DAY_MS, expires));
  const { cert, key } = await issue(authority, { name, purpose, hosts, uris, from: new Date(now - SKEW_MS), until }).catch((err: unknown) => {
    throw new ConfigurationError(`the authority in ${dir} cannot sign`, { cause: err });
  });
  writePem(out, { 'tls.crt': cert, 'tls.key': key, 'ca.crt': authority.cert }, { force });
  const files = ['tls.crt', 'tls.key', 'ca.crt'].map((file) => join(out, file));
  const certificates = shownIn(join(out, 'tls.crt'), now);
  print(output, { files, certificates }, () => told(files, `${certificatesTable(certificates)}\nNext: ${next(out)}\n`));
  return 0;
}

function readAuthority(dir: string, now: number): { readonly authority: Pair; readonly expires: number } {
  const todo = `vice pki init --dir ${dir} makes an authority`;
  const authority = { cert: readPem(join(dir, 'ca.crt'), todo), key: readPem(join(dir, 'ca.key'), todo) };
  const fault = faultOfAuthorities(authority.cert, now);
  if (fault !== undefined) throw new ConfigurationError(`${join(dir, 'ca.crt')} ${fault}`);
  return { authority, expires: certificatesIn(authority.cert)[0]?.validToDate.getTime() ?? now };
}

function told(files: readonly string[], rest: string): string {
  return `written: ${files.join(', ')}\n\n${rest}`;
}

/** No part of a path. */
function folderOf(name: string): string {
  return name.replace(/[^\w.-]/g, '-').replace(/^\.+/, '-');
}

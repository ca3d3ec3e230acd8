import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** PEM files in one folder: `<name>.crt` and `<name>.key`. */
export interface Certificate {
  readonly name: string;
  /** Distinguished name as openssl writes it, for instance `/O=system:masters/CN=admin`. */
  readonly subject: string;
  readonly use: 'serverAuth' | 'clientAuth';
  /** For instance `IP:127.0.0.1`; a server needs at least one. */
  readonly alternativeNames?: readonly string[];
}

/** Makes `ca.crt` and `ca.key`, good for two days. */
export async function makeAuthority(folder: string): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'ca.key'];
  await openssl(folder, ['req', '-x509', ...key, '-out', 'ca.crt', '-days', '2', '-subj', '/CN=vice test authority']);
}

/** Makes a certificate signed by the authority of the same folder. */
export async function issue(folder: string, { name, subject, use, alternativeNames = [] }: Certificate): Promise<void> {
  await makeKey(folder, `${name}.key`);
  await openssl(folder, ['req', '-new', '-key', `${name}.key`, '-out', `${name}.csr`, '-subj', subject]);
  const names = alternativeNames.length > 0 ? `subjectAltName=${alternativeNames.join(',')}\n` : '';
  await writeFile(join(folder, `${name}.ext`), `basicConstraints=CA:FALSE\nextendedKeyUsage=${use}\n${names}`);
  const serial = String(Bun.hash.crc32(name)); // a serial file would be shared by certificates made at once
  const authority = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-set_serial', serial];
  await openssl(folder, ['x509', '-req', '-in', `${name}.csr`, ...authority, '-days', '2', '-extfile', `${name}.ext`, '-out', `${name}.crt`]);
}

/** A private key alone, of the curve P-256. */
export async function makeKey(folder: string, file: string): Promise<void> {
  await openssl(folder, ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', file]);
}

async function openssl(folder: string, args: readonly string[]): Promise<void> {
  await run('openssl', [...args], { cwd: folder, timeout: 30_000 });
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { ConfigurationError } from '../../errors/errors.ts';
import { readText } from '../connect.ts';

/** What of a cluster can be given in flags. */
export interface ClusterFlags {
  readonly file: string | undefined;
  readonly name: string | undefined;
  readonly url: string | undefined;
  readonly priority: number | undefined;
  readonly enabled: boolean | undefined;
  readonly disabled: boolean | undefined;
  readonly profile: string | undefined;
  readonly mtls: boolean | undefined;
  readonly caCert: string | undefined;
  readonly clientCert: string | undefined;
  readonly clientKey: string | undefined;
  readonly clientKeyRef: string | undefined;
}

type Mapping = Readonly<Record<string, unknown>>;

/** The body of a registration or of a change: the file, and over it the flags. The coordinator checks it. */
export function clusterDocument(flags: ClusterFlags): Mapping {
  const { file, name, url, priority, enabled, disabled, profile, mtls, caCert, clientCert, clientKey, clientKeyRef } = flags;
  const isEnabled = enabled ?? (disabled === undefined ? undefined : !disabled);
  return {
    ...(file !== undefined && mappingIn('--file', file)),
    ...(name !== undefined && { name }),
    ...(url !== undefined && { deployer_url: url }),
    ...(priority !== undefined && { priority }),
    ...(isEnabled !== undefined && { enabled: isEnabled }),
    ...(mtls !== undefined && { mtls_enabled: mtls }),
    ...(profile !== undefined && { profile: mappingIn('--profile', profile) }),
    ...(caCert !== undefined && { ca_cert: readText('--ca-cert', caCert) }),
    ...(clientCert !== undefined && { client_cert: readText('--client-cert', clientCert) }),
    ...(clientKey !== undefined && { client_key: readText('--client-key', clientKey) }),
    ...(clientKeyRef !== undefined && { client_key_ref: clientKeyRef }),
  };
}

/** The names in Secrets of type kubernetes.io/tls, which cert-manager and `vice pki` use too, and those of the API. */
const PARTS = [
  ['ca.crt', 'ca_cert'],
  ['tls.crt', 'client_cert'],
  ['tls.key', 'client_key'],
] as const;

/** Certificates from a folder: the certificate and its key, and the authority if its file is there. */
export function certificatesInFolder(folder: string): Mapping {
  const files = PARTS.map(([file, key]) => [join(folder, file), key] as const).filter(([file, key]) => key !== 'ca_cert' || existsSync(file));
  return Object.fromEntries(files.map(([file, key]) => [key, readText('--dir', file)]));
}

/** The same from the manifest of a Secret. */
export function certificatesInSecret(path: string): Mapping {
  const { kind, data, stringData } = mappingIn('--secret', path);
  if (kind !== 'Secret') refuse('--secret', `${nameOf(path)} is no manifest of a Secret`);
  const texts = PARTS.map(([file, key]) => [key, textIn(stringData, file) ?? decoded(textIn(data, file))] as const);
  const given = texts.filter(([, text]) => text); // cert-manager leaves an empty ca.crt where it knows none
  const missing = PARTS.filter(([, key]) => key !== 'ca_cert' && !given.some(([known]) => known === key)).map(([file]) => file);
  if (missing.length > 0) refuse('--secret', `${nameOf(path)} has no ${missing.join(', no ')}`);
  return Object.fromEntries(given);
}

function textIn(mapping: unknown, key: string): string | undefined {
  const value: unknown = Object(mapping)[key];
  return typeof value === 'string' ? value : undefined;
}

function decoded(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString('utf8');
}

/** JSON is YAML too. What is wrong is told without the text around it, which may be a key. */
function mappingIn(flag: string, path: string): Mapping {
  const documents = parseAllDocuments(readText(flag, path));
  const [document] = documents;
  if (document === undefined || documents.length > 1) return refuse(flag, `${nameOf(path)} does not hold one document`);
  const [fault] = document.errors;
  if (fault !== undefined) refuse(flag, `${nameOf(path)} is neither YAML nor JSON: see line ${fault.linePos?.[0].line ?? 1}`);
  const value: unknown = document.toJS();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(flag, `${nameOf(path)} does not hold names and values`);
  return Object.fromEntries(Object.entries(value));
}

function nameOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}

function refuse(path: string, message: string): never {
  throw new ConfigurationError('a file cannot be used', { faults: [{ path, message }] });
}

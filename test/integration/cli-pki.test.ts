import 'reflect-metadata';
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test';
import { generateKeyPairSync, webcrypto, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import * as x509 from '@peculiar/x509';
import { authority } from '../support/certificates.ts';
import { settled, vice } from '../support/command.ts';

setDefaultTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'vice-pki-'));
afterAll(() => rmSync(folder, { recursive: true }));

const pki = (...args: readonly string[]) => vice(['pki', ...args]);
const at = (...parts: readonly string[]) => join(folder, ...parts);
const text = (...parts: readonly string[]) => readFileSync(at(...parts), 'utf8');
test('an authority issues certificates that a handshake accepts for their purpose alone, with keys for their owner alone', async () => {
  const made = await pki('init', '--dir', at('ca'), '--name', 'authority of a test');
  expect([made.code, made.err]).toEqual([0, '']);
  const server = await pki('issue-server', '--dir', at('ca'), '--name', 'west', '--hosts', 'localhost,*.example.org,127.0.0.1,::1', '--days', '30');
  expect([server.code, server.err]).toEqual([0, '']);
  expect(server.out.replaceAll(folder, '')).toContain('Next: vice --mode=standalone --mtls --tls-cert /ca/west/tls.crt --tls-key /ca/west/tls.key');
  const client = await pki('issue-client', '--dir', at('ca'), '--uris', 'spiffe://example.org/vice', '--out', at('client'), '-o', 'json');
  const [shown] = JSON.parse(client.out).certificates;
  expect(shown).toMatchObject({ names: ['vice-coordinator', 'spiffe://example.org/vice'], uses: ['client'], issuer: 'CN=authority of a test' });
  for (const file of ['ca/ca.key', 'ca/west/tls.key', 'client/tls.key']) expect(statSync(at(file)).mode & 0o777).toBe(0o600);
  const leaf = new X509Certificate(text('ca/west/tls.crt'));
  expect(leaf.subjectAltName).toBe('DNS:localhost, DNS:*.example.org, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
  expect(leaf.serialNumber).toHaveLength(32);
  expect(await handshake('ca/west', 'client')).toBe('CN=vice-coordinator');
  expect(await handshake('ca/west', 'ca/west').catch(String)).not.toContain('CN=');
  expect(await handshake('client', 'client').catch(String)).not.toContain('CN=');
  expect(readdirSync(at('ca')).toSorted()).toEqual(['ca.crt', 'ca.key', 'west']);
});

test('nothing is replaced unless it is said, and never an authority', async () => {
  const before = text('ca/ca.key');
  expect(await pki('init', '--dir', at('ca'))).toMatchObject({ code: 1, err: expect.stringContaining('would be replaced; nothing is written') });
  expect(text('ca/ca.key')).toBe(before);
  const again = ['issue-client', '--dir', at('ca'), '--out', at('client')];
  const [cert] = [text('client/tls.crt')];
  expect((await pki(...again)).code).toBe(1);
  expect(text('client/tls.crt')).toBe(cert);
  expect((await pki(...again, '--force')).code).toBe(0);
  expect(text('client/tls.crt')).not.toBe(cert);
  expect(statSync(at('client/tls.key')).mode & 0o777).toBe(0o600);
});

test('a certificate ends with its authority at the latest', async () => {
  await pki('init', '--dir', at('short'), '--days', '2');
  const issued = JSON.parse((await pki('issue-client', '--dir', at('short'), '--days', '400', '-o', 'json')).out);
  expect(issued.certificates[0].not_after).toBe(new X509Certificate(text('short/ca.crt')).validToDate.toISOString());
});

test.each([
  ['RSA', { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) }],
  ['P-384', { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' }],
])('an authority that was made elsewhere signs too: %s', async (name, algorithm) => {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const extensions = [new x509.BasicConstraintsExtension(true, 0, true)];
  const subject = [{ O: ['Élan, Inc.'] }, { CN: ['old'] }];
  const ca = await x509.X509CertificateGenerator.createSelfSigned({ name: subject, keys, signingAlgorithm: algorithm, extensions });
  await Bun.write(at(name, 'ca.crt'), ca.toString('pem'));
  await Bun.write(at(name, 'ca.key'), x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY'));
  expect((await pki('issue-server', '--dir', at(name), '--hosts', 'x.example.org', '--out', at(name, 'leaf'))).code).toBe(0);
  const [issuer, leaf] = [new X509Certificate(text(name, 'ca.crt')), new X509Certificate(text(name, 'leaf/tls.crt'))];
  expect([leaf.checkIssued(issuer), leaf.verify(issuer.publicKey), leaf.issuer]).toEqual([true, true, issuer.subject]);
});

test('a key that cannot sign is told, and not shown', async () => {
  await Bun.write(at('odd', 'ca.crt'), text('ca/ca.crt'));
  const encoding = { privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } } as const;
  await Bun.write(at('odd', 'ca.key'), generateKeyPairSync('ed25519', encoding).privateKey);
  expect(await pki('issue-client', '--dir', at('odd'))).toMatchObject({ code: 2, err: expect.stringContaining('must be RSA, or ECDSA') });
  await Bun.write(at('odd', 'ca.key'), 'canary-1234');
  const broken = await pki('issue-client', '--dir', at('odd'));
  expect([broken.code, broken.err.includes('canary')]).toEqual([2, false]);
});

test('show tells names, uses, days, and whether key and authority belong to the certificate', async () => {
  const right = await pki('show', at('client'));
  expect(right.code).toBe(0);
  const shape = settled(right.out)
    .replaceAll(folder, '')
    .replace(/([0-9A-F]{2}:){31}[0-9A-F]{2}/g, 'PRINT');
  expect(shape).toBe(
    [
      'file       /client/tls.crt',
      'subject    CN=vice-coordinator',
      'issuer     CN=authority of a test',
      'names      vice-coordinator',
      'for        client',
      'valid      TIME to TIME',
      'left       364 days',
      'its key    yes',
      'of ca.crt  yes',
      'sha-256    PRINT',
      '',
      'file     /client/ca.crt',
      'subject  CN=authority of a test',
      'issuer   CN=authority of a test',
      'names    authority of a test',
      'for      authority',
      'valid    TIME to TIME',
      'left     3649 days',
      'sha-256  PRINT',
      '',
    ].join('\n'),
  );
  const other = authority('another');
  const old = other.issue({ name: 'old', use: 'client', until: -1_000 });
  for (const [name, pem] of Object.entries({ 'tls.crt': old.cert, 'tls.key': other.key, 'ca.crt': text('ca/ca.crt') }))
    await Bun.write(at('wrong', name), pem);
  const wrong = await pki('show', at('wrong'), '-o', 'json');
  expect([wrong.code, JSON.parse(wrong.out).faults.map((fault: string) => fault.replace(/^.*CN=/, ''))]).toEqual([
    1,
    ['old has expired', 'old has another key than the one beside it', 'old is not of the ca.crt beside it'],
  ]);
  expect(await pki('show', at('client/tls.key'))).toMatchObject({ code: 1, err: expect.stringContaining('holds no certificate') });
  expect(wrong.out + right.out).not.toContain('PRIVATE');
});

test('what is wrong is told before anything is written', async () => {
  const faulty = await pki('issue-server', '--dir', at('ca'), '--hosts', 'a b,https://x', '--name', 'x"y', '--days', '0', '--uris', 'none');
  expect([faulty.code, faulty.err.match(/^ {2}--\S+/gm)]).toEqual([2, ['  --name:', '  --hosts:', '  --uris:', '  --days:']]);
  expect(await pki('issue-server', '--dir', at('ca'))).toMatchObject({ code: 2, err: expect.stringContaining('--hosts: is required') });
  expect(await pki('issue-client', '--dir', at('nowhere'))).toMatchObject({ code: 2, err: expect.stringContaining('vice pki init --dir') });
  expect(await pki('issue-client', '--dir', at('ca'), '--name', '..', '--days', '1')).toMatchObject({ code: 0 });
  expect(readdirSync(at('ca')).toSorted()).toEqual(['-', 'ca.crt', 'ca.key', 'west']);
});

/** What a server with the one certificate sees of a client with the other. */
async function handshake(serverFolder: string, clientFolder: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const ca = text('ca/ca.crt');
  const options = { cert: text(serverFolder, 'tls.crt'), key: text(serverFolder, 'tls.key'), ca, requestCert: true, rejectUnauthorized: true };
  const server = createServer(options, (socket) => resolve(String(socket.getPeerX509Certificate()?.subject)));
  server.on('tlsClientError', reject);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const client = connect({
    host: '127.0.0.1',
    port,
    servername: 'localhost',
    ca,
    cert: text(clientFolder, 'tls.crt'),
    key: text(clientFolder, 'tls.key'),
  });
  client.on('error', reject);
  try {
    return await promise;
  } finally {
    client.destroy();
    server.close();
  }
}

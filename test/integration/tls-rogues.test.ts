import { afterAll, beforeAll, expect, test } from 'bun:test';
import { connect, type SecureVersion } from 'node:tls';
import { type Serving, serve } from '../../src/http/plumbing/serve.ts';
import { authority, type Pair } from '../support/certificates.ts';

// Bun once let in a part of the certificates that it should refuse (oven-sh/bun#27985); so every kind is tried until chance is ruled out.
const EACH = 450;
const AT_ONCE = 30;

const ca = authority('ca');
const pair = ca.issue({ name: 'deployer', use: 'server', hosts: ['127.0.0.1'] });
const rogues: Readonly<Record<string, Pair | undefined>> = {
  'no certificate': undefined,
  'another authority': authority('ca').issue({ name: 'coordinator', use: 'client' }),
  'an expired certificate': ca.issue({ name: 'coordinator', use: 'client', from: -7_200_000, until: -3_600_000 }),
  'a certificate that is not valid yet': ca.issue({ name: 'coordinator', use: 'client', from: 3_600_000, until: 7_200_000 }),
  'the certificate of a server': ca.issue({ name: 'coordinator', use: 'server', hosts: ['127.0.0.1'] }),
};
const versions: readonly SecureVersion[] = ['TLSv1.2', 'TLSv1.3'];

let handled = 0;
let serving: Serving;
beforeAll(() => {
  const material = { ...pair, clientCa: ca.cert };
  const handle = () => {
    handled++;
    return Promise.resolve(new Response('let in'));
  };
  const tls = { source: { current: () => material, onChange: () => () => undefined }, clientNames: [] };
  serving = serve({ handle }, { port: 0, hostname: '127.0.0.1', maxBodyBytes: 1_000, tls });
});
afterAll(() => serving.stop(0));

/** One connection with the request in its first flight. Gives what came back. */
function knock(client: Pair | undefined, version: SecureVersion): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const who = client === undefined ? {} : { cert: client.cert, key: client.key };
    const socket = connect({ port: serving.port, host: '127.0.0.1', ca: ca.cert, minVersion: version, maxVersion: version, ...who });
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    socket.on('data', (data) => (answer += data));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}

for (const [what, client] of Object.entries(rogues)) {
  for (const version of versions) {
    test(`none of ${EACH} connections with ${what} over ${version} is let in`, async () => {
      const before = handled;
      const answers: string[] = [];
      for (let done = 0; done < EACH; done += AT_ONCE) {
        answers.push(...(await Promise.all(Array.from({ length: AT_ONCE }, () => knock(client, version)))));
      }
      expect(answers.filter((answer) => answer !== '')).toEqual([]);
      expect(handled).toBe(before);
    }, 60_000);
  }
}

test.each(versions)('a client of the authority is let in over %s after all of them', async (version) => {
  expect(await knock(ca.issue({ name: 'coordinator', use: 'client' }), version)).toContain('let in');
});

import { describe, expect, test } from 'bun:test';
import { ANY_HOST, faultOfHost, isForbidden } from './deployer-host.ts';

describe('a link-local address or a metadata service is never a deployer, written as', () => {
  test.each([
    'http://169.254.169.254/latest',
    'https://169.254.0.1:8443',
    'http://169.254.169.254./',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0xA9.254.0xa9.254/',
    'http://0251.0376.0251.0376/',
    'http://169.254.43518/',
    'http://%31%36%39.254.169.254/',
    'http://①⑥⑨.254.169.254/',
    'http://[::ffff:169.254.169.254]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[0:0:0:0:0:ffff:a9fe:a9fe]/',
    'http://[::169.254.169.254]/',
    'http://[::ffff:0:169.254.169.254]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[64:ff9b:1::a9fe:a9fe]/',
    'http://[2002:a9fe:a9fe::1]/',
    'http://[fe80::1]:8080/',
    'http://[febf:ffff::1]/',
    'http://[FD00:EC2::254]/',
    'http://[fd20:ce::254]/',
    'http://100.100.100.200/',
    'http://168.63.129.16/',
    'http://192.0.0.192/',
    'http://metadata.google.internal/',
    'http://METADATA.Google.Internal./computeMetadata',
    'http://metadata/',
    'http://instance-data.ec2.internal/',
  ])('%s', (url) => {
    expect(faultOfHost(url, ANY_HOST)).toContain('never asked');
    expect(faultOfHost(url, ['169.254.*', 'metadata*', '*'])).toContain('never asked');
  });
});

test.each([
  'http://vice-deployer.vice-system',
  'https://deployer.example.org:8443/prod',
  'http://127.0.0.1:8080',
  'http://10.0.0.1',
  'http://[::1]:8080',
  'http://[fd00::1]',
  'http://[2001:db8::a9fe:a9fe]',
  'http://169.253.0.1',
  'http://169.254.169.254.example.org',
  'http://metadata.example.org',
])('%s may be one', (url) => {
  expect(faultOfHost(url, ANY_HOST)).toBeUndefined();
});

describe('where hosts are listed', () => {
  const allowed = ['vice-deployer.*', '*.clusters.example.org', '10.0.*', 'fd00::*'];

  test.each([
    'http://vice-deployer.vice-system',
    'https://a.b.clusters.EXAMPLE.org:8443',
    'http://east.clusters.example.org./prod',
    'http://10.0.3.4',
    'http://[fd00::7]',
  ])('%s is one of them', (url) => {
    expect(faultOfHost(url, allowed)).toBeUndefined();
  });

  test.each([
    'http://clusters.example.org',
    'http://a.clusters.example.org.evil.example',
    'http://evil.example/a.clusters.example.org',
    'http://evil.example:80/vice-deployer.x',
    'http://10.1.3.4',
    'http://[::1]',
  ])('%s is none of them, and the fault names them', (url) => {
    expect(faultOfHost(url, allowed)).toContain('vice-deployer.*, *.clusters.example.org');
  });
});

test('what a resolver gives is judged as well: zones, mapped addresses, and names are no addresses', () => {
  expect(['fe80::1%eth0', '::ffff:169.254.169.254', '169.254.1.1'].map(isForbidden)).toEqual([true, true, true]);
  expect(['fd00::1%eth0', '::ffff:10.0.0.1', 'example.org', ''].map(isForbidden)).toEqual([false, false, false, false]);
});

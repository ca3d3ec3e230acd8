import { expect, test } from 'bun:test';
import { parseDemoOptions } from './options.ts';

test('without anything the demo runs in sandboxes until it is interrupted', () => {
  expect(parseDemoOptions([])).toEqual({ help: false, once: false });
});

test('a kubeconfig chooses a cluster, with a namespace and a storage class that have defaults', () => {
  const cluster = { kubeconfig: 'file', namespace: 'vice-apps', storageClass: 'openebs-hostpath' };
  expect(parseDemoOptions(['--once', '--kubeconfig', 'file'])).toEqual({ help: false, once: true, cluster });
  const own = ['--kubeconfig=file', '--namespace=mine', '--storage-class=fast'];
  expect(parseDemoOptions(own)).toMatchObject({ cluster: { namespace: 'mine', storageClass: 'fast' } });
});

test('what it does not know, or what would do nothing, is refused', () => {
  expect(() => parseDemoOptions(['--onec'])).toThrow('--onec');
  expect(() => parseDemoOptions(['extra'])).toThrow('extra');
  expect(() => parseDemoOptions(['--namespace', 'mine'])).toThrow('--kubeconfig');
});

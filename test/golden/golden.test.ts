import { describe, expect, test } from 'bun:test';
import { readdir } from 'node:fs/promises';
import { check } from '../../src/schema/check.ts';
import { ViceDeploymentSpec } from '../../src/schema/deployment-spec.ts';
import { goldenSpec, goldenText } from './golden-spec.ts';

/** Each case is a folder: what is sent, what is configured, and the spec that comes of it. */
const cases: Readonly<Record<string, string>> = {
  example: 'the example of the platform: data store mounted, shared memory, inputs, a tool with all its settings',
  'copied-files': 'the same without the CSI driver: files are copied by a second container, and the working directory is declared',
  least: 'the least that can be launched gets every default, and runs as user 1000',
  'as-sent': 'nulls, unknown keys, keys in another letter case and 4.000 are what the platform sends',
  'gpu-nvidia': 'request and limit of GPUs are both the larger number, on a node with one of the models',
  'gpu-amd': "a cluster's GPU vendor, node labels and tolerations are used",
  'gpu-device': 'a device of the older kind asks for one GPU, of whatever vendor the cluster has',
  'http-route': 'a cluster with a Gateway gets an HTTPRoute below its domain, and its proxies ask services that they can reach',
  'own-domain': 'a cluster with its own domain, classes, drivers and image mirror gets an Ingress of its own',
  amounts: 'limits are raised to their requests, and 1.001 cores are 1001m',
  'fractional-cores': 'fractional cores and sizes of every kind are written exactly',
  'no-limits': 'limits can be switched off, and so can the authentication of the proxy',
  'defaults-by-flag': 'the defaults of the configuration are used where the tool asks for nothing',
  'awkward-names': 'names become valid labels, the longest id fits everywhere, an IPv6 address becomes no label',
  inputs: 'blank inputs are skipped; files, folders and lists are mounted by name; excludes are complete',
  'inputs-copied': 'without the CSI driver any type and twice the same name are copied, and metadata keeps its dollar signs',
  'tickets-only': 'without a path to copy the list of paths is not mounted',
  'no-data-store': 'home and shared collections are left out on request, inputs and outputs stay',
  environment: "variables are sorted and the platform's own win; arguments are in their order",
  'generated-output': 'without an output collection one is made from the base, the user, the name and the date',
  'output-below': 'a collection of its own below the given one, with no second date',
  'ports-and-devices': 'every port is exposed once, the first size of shared memory counts, 60001 is free with the CSI driver',
};

describe('golden specs', () => {
  test('every folder is a case', async () => {
    const folders = (await readdir(import.meta.dir, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(folders.toSorted()).toEqual(Object.keys(cases).toSorted());
  });

  for (const [name, guarantee] of Object.entries(cases)) {
    test(`${name}: ${guarantee}`, async () => {
      const spec = await goldenSpec(name);
      expect(check(ViceDeploymentSpec, spec)).toEqual({ ok: true, value: spec });
      const text = `${JSON.stringify(spec, null, 2)}\n`;
      if (process.env['UPDATE_GOLDEN'] === '1') await Bun.write(`${import.meta.dir}/${name}/spec.json`, text);
      expect(text).toBe(await goldenText(name));
    });
  }
});

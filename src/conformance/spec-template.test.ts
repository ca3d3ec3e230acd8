import { describe, expect, test } from 'bun:test';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidDocumentError } from '../errors/errors.ts';
import { specHash } from '../schema/spec-hash.ts';
import { objectsOf } from './objects-of-spec.ts';
import { SAMPLE_SPEC } from './sample-spec.ts';
import { specFrom, templateOf } from './spec-template.ts';

const golden = join(import.meta.dir, '../../test/golden');
const documents = readdirSync(golden)
  .map((name) => join(golden, name, 'spec.json'))
  .filter((path) => existsSync(path))
  .map((path) => [path.slice(golden.length + 1), JSON.parse(readFileSync(path, 'utf8'))] as const)
  // One of them is called by a word that may stand anywhere.
  .filter(([, { metadata }]) => metadata.external_id !== 'least');
const id = 'conformance-0a1b2c3d-0a1b2c3d4e5f';

describe('whatever the coordinator sends is a template, and its specs are those of the new analysis throughout', () => {
  for (const [name, document] of documents) {
    test(name, () => {
      const template = templateOf(document);
      const spec = specFrom(template, id);
      const text = JSON.stringify(spec);
      expect(text).not.toContain(template.metadata.external_id);
      expect(text).not.toContain(template.metadata.subdomain ?? template.metadata.external_id);
      expect(objectsOf(spec).length).toBe(objectsOf(template).length);
      expect(specFrom(template, id)).toEqual(spec);
    });
  }
  test('there are some', () => expect(documents.length).toBeGreaterThan(10));
});

test('another attempt is the same spec, another tag or number of replicas is another', () => {
  const hash = specHash(specFrom(SAMPLE_SPEC, id));
  expect(specHash(specFrom(SAMPLE_SPEC, id, { attempt: 7 }))).toBe(hash);
  expect(specHash(specFrom(SAMPLE_SPEC, id, { tag: 'another' }))).not.toBe(hash);
  expect(specHash(specFrom(SAMPLE_SPEC, id, { replicas: 0 }))).not.toBe(hash);
});

test('another tag leaves registry, port and repository of the image, and takes the place of a digest', () => {
  for (const [image, tagged] of [
    ['nginx', 'nginx:2'],
    ['nginx:1.29', 'nginx:2'],
    ['registry.example.org:5000/a/b', 'registry.example.org:5000/a/b:2'],
    [`registry.example.org:5000/a/b:1@sha256:${'0'.repeat(64)}`, 'registry.example.org:5000/a/b:2'],
  ] as const) {
    const template = templateOf(JSON.parse(JSON.stringify(SAMPLE_SPEC).replace('nginx:1.29', image)));
    expect(specFrom(template, id, { tag: '2' }).deployment.spec?.template.spec?.containers[0]?.image).toBe(tagged);
  }
});

test('a document that is no spec, and one that the suite cannot work with, are refused with every fault', () => {
  expect(() => templateOf({ metadata: {} })).toThrow(InvalidDocumentError);
  const text = JSON.stringify({ ...SAMPLE_SPEC, config_maps: [] }).replaceAll(SAMPLE_SPEC.metadata.external_id, 'short');
  const unfit: unknown = JSON.parse(text.replace('"name":"analysis"', '"name":"other"'));
  let faults: readonly { readonly path: string }[] = [];
  try {
    templateOf(unfit);
  } catch (err) {
    if (err instanceof InvalidDocumentError) faults = err.faults ?? [];
  }
  expect(faults.map(({ path }) => path)).toEqual(['metadata.external_id', 'deployment.spec.template.spec.containers', 'config_maps']);
});

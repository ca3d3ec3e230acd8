import { expect, test } from 'bun:test';
import { isCollection, outputDirectory } from './output-directory.ts';

test.each([
  [{ output_dir: '/z/home/u/out' }, '/z/home/u/out'],
  [{ output_dir: '/z/home/u/out/' }, '/z/home/u/out'],
  [{ output_dir: '/z//out//' }, '/z//out/'],
  [{ output_dir: '/z/out/', create_output_subdir: true, name: 'n', now_date: 'd' }, '/z/out/n-d'],
  [{ output_dir: '/z/out', create_output_subdir: true, name: 'n-2026-01-08-21-18-29.1', now_date: 'd' }, '/z/out/n-2026-01-08-21-18-29.1'],
  [{ output_dir: '/z/out', create_output_subdir: true, name: '../n', now_date: 'd' }, '/z/n-d'],
  [{ irods_base: '/z/home', username: 'u', name: 'n', now_date: 'd' }, '/z/home/u/analyses/n-d'],
  [{ irods_base: '/z/home', username: 'u', name: 'n-2026-01-08-21-18-29', now_date: 'd' }, '/z/home/u/analyses/n-2026-01-08-21-18-29-d'],
  [{ output_dir: '', username: 'u', name: 'n' }, 'u/analyses/n-'],
  [{ output_dir: '/' }, ''],
])('%j is saved to %s', (analysis, expected) => {
  expect(outputDirectory(analysis)).toBe(expected);
});

test.each([
  ['/z/home', true],
  ['', false],
  ['/', false],
  ['//', false],
  ['z/home', false],
])('%p can be saved to: %p', (path, expected) => {
  expect(isCollection(path)).toBe(expected);
});

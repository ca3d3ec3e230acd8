import { describe, expect, test } from 'bun:test';
import { faultsOf, required } from '../../test/support/config-files.ts';
import { loadMigrateConfig, loadSpecConfig } from './commands.ts';

describe('a command', () => {
  test('vice spec needs of the configuration what the spec needs, and takes the flags of the coordinator', () => {
    const argv = ['launch.json', '--ingress-class', 'traefik', '--port=1', '--creds', 'x', '-o', 'yaml', '--login-ip', '10.0.0.1'];
    const config = loadSpecConfig(argv, { DISCOENV_IRODS_ZONE: 'cyverse' });
    expect(config).toMatchObject({ document: 'launch.json', output: 'yaml', loginIp: '10.0.0.1', spec: { ingressClass: 'traefik' } });
    expect(loadSpecConfig(['-'], { DISCOENV_IRODS_ZONE: 'cyverse' })).toMatchObject({ document: '-', output: 'json', loginIp: '' });
    expect(Object.keys(faultsOf(() => loadSpecConfig([], {})))).toEqual(['irods.zone', 'FILE']);
    expect(Object.keys(faultsOf(() => loadSpecConfig(['a', 'b'], required)))).toEqual(['b']);
  });

  test('a switch does not swallow the word behind it', () => {
    const config = loadSpecConfig(['--disable-cpu-resource-limit', 'launch.json'], required);
    expect([config.document, config.spec.disableCpuLimit]).toEqual(['launch.json', true]);
  });

  test('vice migrate needs the database alone', () => {
    expect(loadMigrateConfig([], required)).toEqual({ dbUri: required.DISCOENV_DB_URI, dryRun: false, output: 'table' });
    expect(loadMigrateConfig(['--dry-run', '--log-level=debug'], required).dryRun).toBe(true);
    expect(Object.keys(faultsOf(() => loadMigrateConfig([], {})))).toEqual(['db.uri']);
  });
});

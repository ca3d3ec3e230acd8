import { afterAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { configFiles, faultsOf, required } from '../../test/support/config-files.ts';
import { loadCoordinatorConfig } from './coordinator.ts';

const { folder, written, remove } = configFiles();
afterAll(remove);

describe('the coordinator', () => {
  test('starts with nothing but the two required keys, at the defaults of app-exposer', () => {
    const config = loadCoordinatorConfig([], required);
    expect(config).toMatchObject({ port: 60_000, logLevel: 'warn', userSuffix: '@iplantcollaborative.org', dbListenUri: required.DISCOENV_DB_URI });
    expect(config.spec).toMatchObject({
      irodsZone: 'cyverse',
      ingressClass: 'nginx',
      localStorageClass: 'openebs-hostpath',
      defaultCpuRequest: '1000m',
      proxyStorageLimit: '100Gi',
      disableProxyStorageLimit: true,
      useCsiDriver: false,
    });
    expect(config.spec).not.toHaveProperty('dbUri');
    expect(config.warnings).toEqual([]);
  });

  test('asks for tokens when an issuer and an audience are named, and for neither alone', () => {
    const issuer = 'https://keycloak.example.org/realms/CyVerse';
    expect(loadCoordinatorConfig([], required)).not.toHaveProperty('access');
    expect(loadCoordinatorConfig(['--oidc-issuer', issuer, '--oidc-audience', 'vice,other'], required).access).toEqual({
      issuer,
      audience: ['vice', 'other'],
      rolesClaim: 'realm_access.roles',
      roleNames: { viewer: 'vice-viewer', operator: 'vice-operator' },
    });
    expect(faultsOf(() => loadCoordinatorConfig(['--oidc-issuer', issuer], required))).toEqual({
      '--oidc-audience': expect.stringContaining('required'),
    });
    expect(faultsOf(() => loadCoordinatorConfig(['--oidc-audience', 'vice'], required))).toEqual({
      '--oidc-issuer': expect.stringContaining('required'),
    });
    const inTheClear = loadCoordinatorConfig(['--oidc-issuer', 'http://keycloak/realm', '--oidc-audience', 'vice'], required);
    expect(inTheClear.warnings).toEqual([expect.stringContaining('in the clear')]);
  });

  test("starts from app-exposer's own arguments and file, and says what it does not use", () => {
    const file = written(`
db: { uri: "postgresql://de:hunter2@db/de?sslmode=disable" }
harbor: { user: robot, pass: hunter2 }
irods: { zone: cyverse }
interapps: { proxy: { tag: 1.10 } }
vice:
  use_csi_driver: true
  image-pull-secret: vice-image-pull-secret
  file-transfers: { image: harbor.cyverse.org/de/vice-file-transfers, tag: latest }
  backend-namespace: de
keycloak: { base: "https://kc.cyverse.org/auth", realm: CyVerse, client-id: vice, client-secret: hunter2 }
resource_tracking: { bypass_users: [ana, ben] }
`);
    const argv = ['--namespace', 'de', '--user-suffix', 'cyverse.org', '--ingress-class', 'nginx', '-log-level', 'debug', '--config', file];
    const config = loadCoordinatorConfig([...argv, '--mode=coordinator', '--creds=/etc/nats/creds', '--disable-vice-proxy-auth=true'], {});
    expect(config).toMatchObject({ userSuffix: '@cyverse.org', logLevel: 'debug', bypassUsers: ['ana', 'ben'] });
    expect(config.spec).toMatchObject({ proxyTag: '1.10', useCsiDriver: true, keycloakClientId: 'vice', disableProxyAuth: true });
    expect(config.warnings).toEqual([
      '--creds is ignored: NATS is not used by this version',
      '--namespace is ignored: the coordinator never talks to Kubernetes; deployers do',
    ]);
    expect(JSON.stringify(config.spec)).not.toContain('hunter2');
  });

  test('takes the command line before the environment before the dotenv file before the configuration file', () => {
    const config = written('irods: { zone: file }\nvice: { backend-namespace: file, use_csi_driver: false }\npath_list: { file_identifier: file }\n');
    const dotenv = written('DISCOENV_IRODS_ZONE=dotenv\nDISCOENV_VICE_BACKEND_NAMESPACE=dotenv\nexport DISCOENV_INGRESS_CLASS="dotenv"\n');
    const env = { ...required, DISCOENV_IRODS_ZONE: 'environment', DISCOENV_VICE_USE_CSI_DRIVER: 'true', DISCOENV_INGRESS_CLASS: 'environment' };
    const { spec } = loadCoordinatorConfig(['--config', config, '--dotenv-path', dotenv, '--ingress-class=flag'], env);
    expect(spec).toMatchObject({
      irodsZone: 'environment',
      backendNamespace: 'dotenv',
      pathListIdentifier: 'file',
      ingressClass: 'flag',
      useCsiDriver: true,
    });
  });

  test('names every fault at once, each with the place it was written in', () => {
    const file = written('vice: { use_csi_driver: maybe }\nk8s: { frontend: { base: cyverse.run } }\n');
    const argv = [
      '--config',
      file,
      '--port',
      '70000',
      '--log-level=loud',
      '--default-cpu-resource-limit',
      'two',
      '--vice-prxy',
      'x',
      'stray',
      '--ingress-class',
    ];
    const faults = faultsOf(() => loadCoordinatorConfig(argv, { DISCOENV_MAX_BODY_BYTES: '-1' }));
    expect(faults).toEqual({
      '--port': 'must be a whole number from 0 to 65535, not "70000"',
      '--log-level': 'must be one of trace, debug, info, warn, error, fatal, panic, not "loud"',
      '--default-cpu-resource-limit': 'must be a positive amount in the notation of Kubernetes, such as 500m or 2Gi, not "two"',
      '--vice-prxy': 'is not a known flag; did you mean --vice-proxy?',
      '--ingress-class': 'needs a value',
      stray: 'is not expected here',
      DISCOENV_MAX_BODY_BYTES: 'must be a whole number from 1 to 1073741824, not "-1"',
      [`vice.use_csi_driver in ${file}`]: 'must be true or false, not "maybe"',
      [`k8s.frontend.base in ${file}`]: 'must be an http or https URL, such as https://cyverse.run, not "cyverse.run"',
      'db.uri': 'is required: db.uri in the configuration file, or DISCOENV_DB_URI in the environment',
      'irods.zone': 'is required: irods.zone in the configuration file, or DISCOENV_IRODS_ZONE in the environment',
    });
  });

  test('shows no secret in a fault', () => {
    for (const uri of ['mysql://de:hunter2@db/de', 'postgresql://de:hunter2%@db/de']) {
      const file = written(`db:\n  uri: "${uri}"\nirods: { zone: z }\n`);
      expect(faultsOf(() => loadCoordinatorConfig(['--config', file], {}))).toEqual({
        [`db.uri in ${file}`]: 'must be a URL such as postgresql://user:password@host:5432/de, with %25 for a % in the password',
      });
    }
    const inUrl = faultsOf(() =>
      loadCoordinatorConfig(['--config', written('k8s: { frontend: { base: "https://de:hunter2@cyverse.run" } }\n')], required),
    );
    expect(Object.values(inUrl)).toEqual(['must be an http or https URL, such as https://cyverse.run, not "https://***@cyverse.run"']);
    const broken = written('db:\n  uri: "postgresql://de:hunter2@db/de\nirods: { zone: z\n');
    const faults = faultsOf(() => loadCoordinatorConfig(['--config', broken], required));
    expect(Object.keys(faults)).toEqual([broken]);
    expect(JSON.stringify(faults)).toMatch(/is not YAML: line \d+, column \d+/);
    expect(JSON.stringify(faults)).not.toContain('hunter2');
  });

  test('needs a file that was named, and not the default one', () => {
    const missing = join(folder, 'missing.yml');
    expect(faultsOf(() => loadCoordinatorConfig(['--config', missing], required))).toEqual({
      '--config': `${missing} cannot be read: there is no such file`,
    });
    expect(faultsOf(() => loadCoordinatorConfig(['--dotenv-path', missing], required))).toEqual({});
    expect(Object.keys(faultsOf(() => loadCoordinatorConfig(['--config', folder], required)))).toEqual(['--config']);
  });

  test('refuses a file that is no mapping, and aliases that multiply', () => {
    const bomb = `a: &a [x,x]\n${'bcdefghij'.replace(/./g, (c) => `${c}: &${c} [${`*${String.fromCharCode(c.charCodeAt(0) - 1)},`.repeat(20)}]\n`)}`;
    for (const text of ['- a\n- b\n', 'just text', bomb]) {
      const file = written(text);
      expect(faultsOf(() => loadCoordinatorConfig(['--config', file], required))).toEqual({ [file]: 'must be a mapping of keys to values' });
    }
  });

  test('cannot be changed once it is loaded', () => {
    const config = loadCoordinatorConfig([], required);
    expect(() => Object.assign(config, { port: 1 })).toThrow();
    expect(() => Object.assign(config.spec, { irodsZone: 'x' })).toThrow();
  });
});

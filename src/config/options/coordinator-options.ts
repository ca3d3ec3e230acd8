import { STRATEGY_NAMES } from '../../schema/placement.ts';
import { accessOptions } from './access-options.ts';
import { file, list, oneOf, text, wholeNumber } from './option.ts';
import { processOptions } from './process-options.ts';

const database = 'Database';
const users = 'Users';

const postgresUri = {
  mustBe: 'a URL such as postgresql://user:password@host:5432/de, with %25 for a % in the password',
  parse: (given: string) => {
    const parsed = URL.parse(given);
    const isUsable = parsed !== null && /^postgres(ql)?:$/.test(parsed.protocol) && parsed.pathname.length > 1 && isDecodable(parsed);
    return isUsable ? { value: given } : undefined;
  },
};

/** Every URL may hold a lone `%`, but whoever connects decodes these parts. */
function isDecodable({ username, password, pathname }: URL): boolean {
  try {
    decodeURIComponent(username + password + pathname);
    return true;
  } catch {
    return false;
  }
}

export const databaseOptions = {
  dbUri: {
    ...text({ key: 'db.uri', group: database, isRequired: true, isSecret: true, help: "the Discovery Environment's PostgreSQL" }),
    ...postgresUri,
  },
};

const clusters = 'Clusters';

/** The keys that private keys of clusters are stored with. */
export const keyOptions = {
  keysFile: file({
    flag: 'keys-file',
    group: clusters,
    isOptional: true,
    help: 'encryption keys of the clusters’ private keys, one id:base64 a line; the first encrypts, all decrypt',
  }),
  keys: text({ key: 'clusters.keys', group: clusters, isOptional: true, isSecret: true, help: 'the same keys as text, in place of a file' }),
};

/** The coordinator's own, without those that a spec is built with. */
export const coordinatorOptions = {
  ...databaseOptions,
  dbListenUri: {
    ...text({
      key: 'db.listen_uri',
      group: database,
      isOptional: true,
      isSecret: true,
      help: 'direct connection for LISTEN where db.uri leads to a pooler (default: db.uri)',
    }),
    ...postgresUri,
  },
  userSuffix: {
    ...text({ flag: 'user-suffix', group: users, default: '@iplantcollaborative.org', help: 'domain of user names in the database' }),
    parse: (given: string) => ({ value: given === '' || given.startsWith('@') ? given : `@${given}` }),
  },
  bypassUsers: list({ key: 'resource_tracking.bypass_users', group: users, default: '', help: 'users whom no quota stops' }),
  registryReloadSeconds: wholeNumber(
    1,
    86_400,
    'SECONDS',
  )({
    flag: 'registry-reload-seconds',
    group: clusters,
    default: '30',
    help: 'how often the registry of clusters is read anew, besides notifications',
  }),
  placementStrategy: oneOf(...STRATEGY_NAMES)({
    flag: 'placement-strategy',
    group: clusters,
    default: 'priority',
    metavar: 'NAME',
    help: 'which of the clusters that could take an analysis is asked first: priority, least-loaded, spread or image-affinity; see docs/reference/selection.md',
  }),
  ...keyOptions,
  clusterTlsDir: text({
    flag: 'cluster-tls-dir',
    group: clusters,
    metavar: 'DIRECTORY',
    isOptional: true,
    help: 'where certificates of clusters lie in files: a folder for each, named by its id or its client_key_ref, with ca.crt, tls.crt, tls.key',
  }),
  deployerHosts: list({
    flag: 'deployer-hosts',
    group: clusters,
    default: '*',
    metavar: 'GLOB,...',
    help: 'where deployers may be registered: host names and addresses, * is any run of characters; link-local and metadata addresses never are',
  }),
  ...accessOptions,
  ...processOptions({ port: 60_000, logLevel: 'warn', maxBodyBytes: 8 * 1024 * 1024 }),
};

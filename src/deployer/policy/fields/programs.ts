import { isUrlMatch } from '../../../schema/glob.ts';
import { literal } from '../../../spec-builder/pod/literal.ts';
import { PROXY_PORT, PROXY_SECRET_KEY } from '../../../spec-builder/pod/proxy-container.ts';
import { CREDENTIALS_PATH, EXCLUDES_PATH, PATH_LIST_PATH, TRANSFERS_PORT } from '../../../spec-builder/pod/transfer-containers.ts';
import type { Given } from '../given.ts';
import type { RuleId } from '../rules.ts';
import type { Shape } from '../shape.ts';
import type { Visit } from '../visit.ts';
import { isShort } from './words.ts';

/** A flag of a program that we know: its one value, or that it has none. */
interface Flag {
  readonly allows: string | ((given: Given) => string);
  readonly is?: (value: string, given: Given) => boolean;
  readonly isAllowed?: (given: Given) => boolean;
  readonly isRepeatable?: boolean;
}

interface Program {
  readonly rule: RuleId;
  /** The first word. */
  readonly names: readonly string[];
  readonly flags: Readonly<Record<string, Flag>>;
}

/** A command of a program that is given a secret: the program itself, and of its flags those that it needs, each once and as `--flag value`. */
function command({ rule, names, flags }: Program): Shape {
  const known = new Map(Object.entries(flags));
  const allows = `${names.join(' or ')}, and ${[...known.keys()].join(', ')}`;
  return {
    rule,
    allows: `the program ${allows}`,
    check(words, visit) {
      if (!Array.isArray(words) || words.length > visit.given.policy.limits.words || !names.includes(words[0])) {
        return visit.refuse(rule, 'is not the command of the program that the secret is for', allows);
      }
      checkFlags(rule, known, words, visit);
    },
  };
}

function checkFlags(rule: RuleId, known: ReadonlyMap<string, Flag>, words: readonly unknown[], visit: Visit): void {
  const seen = new Set<unknown>();
  for (let at = 1; at < words.length; at++) {
    const word = words[at];
    const flag = typeof word === 'string' ? known.get(word) : undefined;
    if (flag === undefined) {
      visit.refuse(rule, 'is no flag that is needed', [...known.keys()].join(', '), at);
      continue;
    }
    if (seen.has(word) && flag.isRepeatable !== true) visit.refuse(rule, 'is there twice', `${word} once`, at);
    else checkFlag(rule, flag, words, at, visit);
    seen.add(word);
    if (flag.is !== undefined) at++;
  }
}

function checkFlag(rule: RuleId, flag: Flag, words: readonly unknown[], at: number, visit: Visit): void {
  const { given } = visit;
  const allows = typeof flag.allows === 'string' ? flag.allows : flag.allows(given);
  if (flag.isAllowed?.(given) === false) visit.refuse(rule, 'is not allowed', allows, at);
  if (flag.is === undefined) return;
  const value = words[at + 1];
  if (typeof value !== 'string') visit.refuse(rule, 'needs a value', allows, at);
  else if (!isShort(value, given.policy.limits.word_bytes) || !flag.is(value, given)) visit.refuse(rule, 'is not what it may be', allows, at + 1);
}

const constant = (text: string): Flag => ({ allows: text, is: (value) => value === text });
const own = (of: (given: Given) => string): Flag => ({ allows: of, is: (value, given) => value === of(given) });

/** Kubelet puts variables in the place of `$(NAME)`: the secret could be made part of what another service is asked. */
const isPlain = (value: string) => !value.includes('$(');
const plain: Flag = { allows: 'text without $(', is: isPlain };
/** On the pod itself: where the proxy leads is the analysis. */
const local: Flag = { allows: 'http://localhost and a port', is: (value) => /^https?:\/\/localhost(:[0-9]{1,5})?\/?$/.test(value) };

function url(key: 'keycloak_urls' | 'service_urls'): Flag {
  return {
    allows: ({ policy }) => `a URL that policy proxy.${key} lists: ${JSON.stringify(policy.proxy[key])}`,
    is: (value, { policy }) => isPlain(value) && policy.proxy[key].some((pattern) => isUrlMatch(pattern, value)),
  };
}

function isOwnUrl(value: string, { subdomain }: Given): boolean {
  const parsed = URL.parse(value);
  if (parsed === null || !isPlain(value) || parsed.username !== '' || parsed.password !== '') return false;
  return /^https?:$/.test(parsed.protocol) && parsed.hostname.startsWith(`${subdomain}.`);
}

/** The authenticating proxy, which holds the Keycloak client's secret. */
export const proxyCommand = command({
  rule: 'container.proxy-command',
  names: ['vice-proxy'],
  flags: {
    '--listen-addr': constant(`0.0.0.0:${PROXY_PORT}`),
    '--backend-url': local,
    '--ws-backend-url': local,
    '--frontend-url': { allows: ({ subdomain }) => `a URL whose host begins with ${subdomain}.`, is: isOwnUrl },
    '--external-id': own(({ externalId }) => externalId),
    '--get-analysis-id-base': url('service_urls'),
    '--check-resource-access-base': url('service_urls'),
    '--keycloak-base-url': url('keycloak_urls'),
    '--keycloak-realm': plain,
    '--keycloak-client-id': plain,
    '--keycloak-client-secret': constant(`$(${PROXY_SECRET_KEY})`),
    '--disable-auth': { allows: 'nothing (policy proxy.disable_auth: false)', isAllowed: ({ policy }) => policy.proxy.disable_auth },
  },
});

const transfersFlags = {
  '--listen-port': constant(String(TRANSFERS_PORT)),
  '--user': own(({ username }) => literal(username)),
  '--excludes-file': constant(`${EXCLUDES_PATH}/excludes-file`),
  '--path-list-file': constant(`${PATH_LIST_PATH}/input-path-list`),
  '--upload-destination': { allows: 'text', is: () => true },
  '--irods-config': constant(`${CREDENTIALS_PATH}/irods-config.properties`),
  '--invocation-id': own(({ externalId }) => externalId),
  '-m': { allows: 'text', is: () => true, isRepeatable: true },
  '--no-service': { allows: 'nothing' },
} satisfies Readonly<Record<string, Flag>>;

/** The file transfers, which hold the credentials of the data store. */
export const transfersCommand = command({
  rule: 'container.transfers-command',
  names: ['/bin/vice-file-transfers', '/vice-file-transfers', 'vice-file-transfers'],
  flags: transfersFlags,
});

/** What the same image runs to make links in the working directory; it holds no secret. */
export const workingDirCommand: Shape = {
  rule: 'container.transfers-command',
  allows: 'init_working_dir.sh and absolute paths',
  check(words, visit) {
    const isRight = Array.isArray(words) && words.length <= 8 && words[0] === 'init_working_dir.sh' && words.slice(1).every(isPath);
    if (!isRight) visit.refuse('container.transfers-command', 'is not the command that makes the working directory', this.allows);
  },
};

function isPath(word: unknown): boolean {
  return typeof word === 'string' && /^\/[^\p{Cc}]{0,4095}$/u.test(word) && isPlain(word);
}

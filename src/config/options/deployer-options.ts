import { boolean, file, list, name, port, text, url, wholeNumber } from './option.ts';
import { processOptions } from './process-options.ts';

const kubernetes = 'Kubernetes';
const tls = 'TLS';

/** Also of `vice policy`. */
export const policyOptions = {
  policy: file({
    flag: 'policy',
    group: 'Policy',
    isOptional: true,
    help: 'what analyses may have, YAML or JSON; default: the built-in policy, which vice policy show prints',
  }),
};
/** Of labels; https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#equality-based-requirement. */
const isRequirement = (text: string) => /^(![-./\w]+|[-./\w]+(!?=[-.\w]*)?)$/.test(text);

/** Of every deployer. */
export const deployerOptions = {
  ...policyOptions,
  namespace: {
    ...name({ flag: 'vice-namespace', group: kubernetes, default: 'vice-apps', help: 'the one namespace that analyses run in' }),
    mustBe: 'the name of a namespace: lower case letters, digits and "-", at most 63 characters',
    parse: (given: string) => (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(given) ? { value: given } : undefined),
  },
  nodeSelector: {
    ...name({ flag: 'node-selector', group: kubernetes, default: 'analysis', help: 'labels of the nodes whose room /api/v1/capabilities tells' }),
    metavar: 'SELECTOR',
    mustBe: 'a label selector: KEY, !KEY, KEY=VALUE or KEY!=VALUE, joined by commas; empty for all nodes',
    parse: (given: string) => (given.split(',').every(isRequirement) || given === '' ? { value: given } : undefined),
  },
  kubeconfig: {
    ...text({
      flag: 'kubeconfig',
      group: kubernetes,
      metavar: 'FILE',
      isOptional: true,
      help: 'default: $VICE_KUBECONFIG (its text), $KUBECONFIG, the pod’s own account, ~/.kube/config',
    }),
  },
  transferUrl: {
    ...url({
      flag: 'transfer-url',
      group: kubernetes,
      isOptional: true,
      help: 'where the program answers that transfers the files of an analysis; {external_id} and {namespace} are filled in. Default in a pod: its Service, http://vice-{external_id}.{namespace}.svc:60001; elsewhere there is none, and such transfers are refused with 503',
    }),
    mustBe: 'an http or https URL with {external_id} in it',
    parse: (given: string) => (/^https?:\/\/\S*\{external_id\}/.test(given) && !/[?#@]/.test(given) ? { value: given } : undefined),
  },
};

/** Of `--mode=standalone`. */
export const standaloneOptions = {
  ...deployerOptions,
  maxApplies: wholeNumber(
    1,
    100_000,
    'COUNT',
  )({ flag: 'max-applies', group: 'Process', default: '512', help: 'specs in hand at once; more are refused with 429 and Retry-After' }),
  mtls: boolean({
    flag: 'mtls',
    group: tls,
    default: 'false',
    help: 'only clients with a certificate of --client-ca; the port is then 8443 by default',
  }),
  tlsCert: file({ flag: 'tls-cert', group: tls, isOptional: true, help: 'certificate chain, PEM' }),
  tlsKey: file({ flag: 'tls-key', group: tls, isOptional: true, help: 'its key, PEM' }),
  clientCa: file({ flag: 'client-ca', group: tls, isOptional: true, help: 'authority of the clients’ certificates, PEM' }),
  clientCrl: file({ flag: 'client-crl', group: tls, isOptional: true, help: 'revocation lists of --client-ca, PEM' }),
  clientNames: list({
    flag: 'client-names',
    group: tls,
    default: '',
    metavar: 'NAME,...',
    help: 'only clients whose certificate has one of these names (common name, DNS or URI); default: every client of --client-ca',
  }),
  probePort: port({
    flag: 'probe-port',
    group: tls,
    default: '8081',
    help: 'with --mtls: /livez, /readyz and /metrics in the clear, for the kubelet and Prometheus, which have no certificate',
  }),
  ...processOptions({ port: 8080, logLevel: 'info', maxBodyBytes: 1024 * 1024 }),
};

const { logLevel, maxBodyBytes } = standaloneOptions;
/** Of `--mode=lambda`, which listens on nothing. */
export const lambdaOptions = { ...deployerOptions, logLevel, maxBodyBytes };

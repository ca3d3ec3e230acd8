import type { KubeconfigSource } from '../../adapters/kubernetes/credentials.ts';
import { type ClusterAccess, clusterAccess } from '../../adapters/kubernetes/rights.ts';
import type { DeployerConfig } from '../../config/deployer.ts';
import { type GrantedRights, grantedRights } from './deployer-rights.ts';
import { type Finding, wrong } from './finding.ts';
import { tlsFindings } from './tls-checks.ts';

/** Everything that a deployer needs of its cluster, asked with the account that it would have. Nothing is changed. */
export async function* deployerFindings(config: DeployerConfig, signal: AbortSignal): AsyncGenerator<Finding> {
  const { namespace } = config;
  if (config.tlsFiles !== undefined) yield* tlsFindings(config.tlsFiles, Date.now());
  const access = clusterAccess(sourceOf(config));
  const server = await serverFinding(access, signal);
  yield server;
  if (server.outcome !== 'ok') return;
  yield await namespaceFinding(access, namespace, signal);
  yield* await rightsFindings(access, namespace, signal);
  yield {
    check: 'secrets',
    outcome: 'note',
    says: 'a deployer may not read Secrets, so they are not looked at',
    todo: `see that vice-proxy (key KEYCLOAK_CLIENT_SECRET) is in ${namespace}, and porklock-config where files are copied without CSI`,
  };
}

async function serverFinding(access: ClusterAccess, signal: AbortSignal): Promise<Finding> {
  const check = 'kube-apiserver';
  try {
    const started = performance.now();
    const version = await access.version(signal);
    return { check, outcome: 'ok', says: `${version} answers in ${Math.ceil(performance.now() - started)} ms` };
  } catch (err) {
    return wrong(check, err, 'see the server, the certificates and the user of the kubeconfig: kubectl version, with the same file');
  }
}

async function namespaceFinding(access: ClusterAccess, name: string, signal: AbortSignal): Promise<Finding> {
  const check = `namespace ${name}`;
  const todo = 'kubectl apply -k deploy/deployer makes it, or --vice-namespace names another';
  try {
    const found = await access.namespace(name, signal);
    if (found === 'absent') return { check, outcome: 'wrong', says: 'is not there', todo };
    if (found === 'hidden') {
      return {
        check,
        outcome: 'note',
        says: 'this account may not look at namespaces, and a deployer need not',
        todo: `kubectl get namespace ${name}`,
      };
    }
    return found.phase === 'Active' ? { check, outcome: 'ok', says: 'is there' } : { check, outcome: 'wrong', says: `is ${found.phase}`, todo };
  } catch (err) {
    return wrong(check, err, todo);
  }
}

async function rightsFindings(access: ClusterAccess, namespace: string, signal: AbortSignal): Promise<readonly Finding[]> {
  const check = 'rights';
  const granted = grantedRights();
  try {
    const findings = (await Promise.all(granted.map((rights) => missing(access, rights, namespace, signal)))).flat();
    const count = granted.reduce((sum, { verbs }) => sum + verbs.length, 0);
    return findings.length > 0 ? findings : [{ check, outcome: 'ok', says: `all ${count} that a deployer needs` }];
  } catch (err) {
    return [wrong(check, err, 'the account must be able to ask what it may do (system:basic-user)')];
  }
}

async function missing(access: ClusterAccess, rights: GrantedRights, namespace: string, signal: AbortSignal): Promise<readonly Finding[]> {
  const { group, resource, verbs, isNamespaced, forWhat } = rights;
  const what = { group, resource, ...(isNamespaced && { namespace }) };
  const answers = await Promise.all(verbs.map(async (verb) => ({ verb, may: await access.may({ verb, ...what }, signal) })));
  const refused = answers.filter(({ may }) => !may).map(({ verb }) => verb);
  if (refused.length === 0) return [];
  const where = isNamespaced ? `in ${namespace}` : 'of the cluster';
  const without = forWhat === undefined ? '' : `: there will be no ${forWhat}`;
  const says = `may not ${refused.join(', ')} ${resource}${group === '' ? '' : `.${group}`} ${where}${without}`;
  return [{ check: 'rights', outcome: forWhat === undefined ? 'wrong' : 'warning', says, todo: 'kubectl apply -f deploy/deployer/rbac.yaml' }];
}

function sourceOf({ kubeconfig: path, kubeconfigText: text }: DeployerConfig): KubeconfigSource {
  if (path !== undefined) return { from: 'file', path };
  return text === undefined ? { from: 'in-cluster' } : { from: 'text', text };
}

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { metricsReference } from '../src/adapters/metrics/reference.ts';
import { cliReference } from '../src/config/client/reference.ts';
import { flagsReference } from '../src/config/reference.ts';
import { statusReference } from '../src/deployer/observe/reasons/reference.ts';
import { policyReference } from '../src/deployer/policy/reference.ts';
import { COORDINATOR_OPENAPI, coordinatorApi } from '../src/http/coordinator-api/coordinator-api.ts';
import { DEPLOYER_OPENAPI, deployerApi } from '../src/http/deployer-api/deployer-api.ts';
import { openApiDocument } from '../src/http/plumbing/openapi.ts';

const root = join(import.meta.dir, '..');

/** Only the routes are looked at; no request is ever made. */
const unused = (): never => {
  throw new Error('cannot happen: a document was asked for, not an answer');
};
const log = pino({ level: 'silent' });

async function pages(): Promise<Readonly<Record<string, string>>> {
  const metrics = { answered: () => {}, exposition: unused };
  const clusters = {
    list: unused,
    get: unused,
    register: unused,
    change: unused,
    setEnabled: unused,
    drain: unused,
    forget: unused,
    test: unused,
    delete: unused,
    reload: unused,
  };
  const useCases = { launch: unused, exit: unused };
  const looks = { status: unused, urlReady: unused, list: unused, capabilities: unused, logs: unused, followLogs: unused };
  const transfers = { startTransfer: unused, transferState: unused };
  const use = { admit: unused, apply: unused, remove: unused, ...looks, ...transfers, health: unused, settled: unused };
  const coordinator = coordinatorApi({
    useCases,
    clusters,
    placements: { explain: unused },
    demandOf: unused,
    audit: { page: unused },
    analyses: { list: unused, report: unused, logs: unused, followLogs: unused },
    readiness: unused,
    metrics,
    maxBodyBytes: 1,
    log,
  });
  const deployer = deployerApi(use, { log, metrics });
  return {
    'docs/reference/openapi-coordinator.json': json(await openApiDocument(coordinator, COORDINATOR_OPENAPI)),
    'docs/reference/openapi-deployer.json': json(await openApiDocument(deployer, DEPLOYER_OPENAPI)),
    'docs/reference/flags.md': flagsReference(),
    'docs/reference/policy.md': policyReference(),
    'docs/reference/metrics.md': metricsReference(),
    'docs/reference/cli.md': cliReference(),
    'docs/reference/status.md': statusReference(),
  };
}

function json(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Makes the reference pages anew. What differed from the page that was there is written and told: a change of an interface is to be seen in a diff. */
export async function checkReference(): Promise<{ readonly breaches: readonly string[]; readonly pages: number }> {
  const fresh = Object.entries(await pages());
  const stale = fresh.filter(([path, text]) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== text);
  for (const [path, text] of stale) writeFileSync(join(root, path), text);
  return {
    breaches: stale.map(([path]) => `${path} was out of date and has been written anew: look at the change and commit it`),
    pages: fresh.length,
  };
}

import { stat } from 'node:fs/promises';
import { kube } from '../support/kube.ts';
import { waitFor } from '../support/wait-for.ts';
import type { TestCluster } from './clusters.ts';

/** A request as kube-apiserver saw it. */
export interface AuditedRequest {
  readonly verb: string;
  /** For instance `deployments`, or `pods/log`; empty for paths that are no resource, as `/readyz`. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly uri: string;
  readonly userAgent: string;
  readonly user: string;
  readonly code: number;
}

/** A moment in the audit log. */
export type Mark = number & { readonly __brand: 'audit mark' };

export interface AuditLog {
  /** Everything answered before this call is before the mark, everything sent after it is behind. */
  mark(): Promise<Mark>;
  /** The requests between two marks, without watches (they last) and without those that make the marks. */
  requests(from: Mark, to: Mark): Promise<AuditedRequest[]>;
}

interface Event {
  auditID: string;
  verb: string;
  requestURI: string;
  userAgent?: string;
  user: { username: string };
  objectRef?: { resource?: string; subresource?: string; namespace?: string; name?: string };
  responseStatus?: { code?: number };
}

const markAgent = 'vice-test-mark';

/** @throws for a cluster whose audit log is not known */
export function auditLog({ name, kubeconfig, auditLog: file }: TestCluster): AuditLog {
  if (file === undefined) throw new Error(`${name} was not started by test:cluster, so its audit log is not known`);
  const api = kube(kubeconfig, markAgent);

  // The log lags a little behind the answers. A request of our own is waited for; the second one gives those that were answered
  // just before the first, and are written by other threads, time to arrive.
  const mark = async () => {
    await flush();
    return flush();
  };
  const flush = async () => {
    const { size } = await stat(file);
    const path = `/readyz/ping?mark=${crypto.randomUUID()}`;
    await api.text(path);
    const end = async () => {
      const text = await Bun.file(file).slice(size).text();
      const at = text.indexOf(path);
      const newline = text.indexOf('\n', at);
      return at >= 0 && newline >= 0 && size + Buffer.byteLength(text.slice(0, newline + 1));
    };
    const offset = await waitFor(end, { timeoutMs: 60_000, everyMs: 5, what: `the audit log of ${name} to be written` });
    return offset as Mark; // the only place where marks are made
  };
  return {
    mark,
    requests: async (from, to) => {
      const lines = (await Bun.file(file).slice(from, to).text()).split('\n').filter(Boolean);
      const events = new Map(lines.map((line): [string, Event] => parseEvent(line)));
      return [...events.values()].filter(({ verb, userAgent }) => verb !== 'watch' && userAgent !== markAgent).map(audited);
    },
  };
}

/** How often each kind of request occurs, for instance `{ 'create configmaps': 1 }`. */
export function tally(requests: readonly AuditedRequest[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { verb, resource, uri } of requests) {
    const key = `${verb} ${resource || uri}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

// A request that lasts, as following a log, has one line when it starts and another when it ends.
function parseEvent(line: string): [string, Event] {
  const event: Event = JSON.parse(line);
  return [event.auditID, event];
}

function audited({ verb, requestURI, userAgent = '', user, objectRef = {}, responseStatus }: Event): AuditedRequest {
  const { resource = '', subresource, namespace = '', name = '' } = objectRef;
  return {
    verb,
    resource: subresource ? `${resource}/${subresource}` : resource,
    namespace,
    name,
    uri: requestURI,
    userAgent,
    user: user.username,
    code: responseStatus?.code ?? 0,
  };
}

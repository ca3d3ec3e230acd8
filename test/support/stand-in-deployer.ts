import type { ViceDeploymentSpec } from '../../src/schema/deployment-spec.ts';
import { specHash } from '../../src/schema/spec-hash.ts';

/** What a coordinator asks of a deployer, answered from memory: for tests of the coordinator that need many deployers, or one that holds much. It keeps to `test/contract/deployer-of-coordinator.ts`. */
export interface StandInDeployer {
  readonly url: string;
  /** The external ids that it was sent and has not removed. */
  readonly held: Set<string>;
  /** Every request that came, as `METHOD /path`. */
  readonly seen: string[];
  /** From now on it takes connections and answers nothing. */
  hang(): void;
  answerAgain(): void;
  stop(): Promise<void>;
}

interface Held {
  readonly attempt: number;
  readonly spec_hash: string;
}

export function startStandInDeployer(): StandInDeployer {
  const held = new Map<string, Held>();
  const fences = new Map<string, number>();
  const ids = new Set<string>();
  const seen: string[] = [];
  let isHanging = false;
  const apply = async (request: Request) => {
    // The coordinator under test sends what the schema says; this stand-in is no judge of it.
    const spec = (await request.json()) as ViceDeploymentSpec;
    const { external_id, attempt = 1 } = spec.metadata;
    const spec_hash = specHash(spec);
    const known = held.get(external_id);
    if (attempt <= (fences.get(external_id) ?? 0)) return refused(409, 'fenced');
    if (known && known.spec_hash !== spec_hash) return refused(409, 'conflict');
    const now = { attempt: Math.max(attempt, known?.attempt ?? 0), spec_hash };
    held.set(external_id, now);
    ids.add(external_id);
    return Response.json({ external_id, phase: 'pending', ...now }, { status: known ? 200 : 201 });
  };
  const remove = (external_id: string, query: URLSearchParams) => {
    const attempt = Number(query.get('attempt') ?? Number.POSITIVE_INFINITY);
    if (query.get('fence') === 'true') fences.set(external_id, Math.max(attempt, fences.get(external_id) ?? 0));
    if ((held.get(external_id)?.attempt ?? 0) <= attempt) {
      held.delete(external_id);
      ids.delete(external_id);
    }
    return Response.json({ external_id, gone: true, left: [] });
  };
  const status = (external_id: string) => {
    const known = held.get(external_id);
    return known ? Response.json({ external_id, phase: 'running', ...known }) : refused(404, 'not_found');
  };
  const health = () =>
    Response.json({ status: 'healthy', kubernetes: 'reachable', kubernetes_ms: 1, version: 'stand-in', now: new Date().toISOString() });
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    fetch: (request) => {
      const { pathname, searchParams } = new URL(request.url);
      seen.push(`${request.method} ${pathname}`);
      if (isHanging) return new Promise<Response>(() => undefined);
      if (pathname === '/api/v1/health') return health();
      if (pathname === '/readyz') return new Response('ok');
      const id = pathname.split('/')[4] ?? '';
      if (request.method === 'POST') return apply(request);
      return request.method === 'DELETE' ? remove(id, searchParams) : status(id);
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    held: ids,
    seen,
    hang: () => {
      isHanging = true;
    },
    answerAgain: () => {
      isHanging = false;
    },
    stop: () => server.stop(true),
  };
}

function refused(status: number, code: string): Response {
  return Response.json({ type: 'about:blank', title: code, status, code, detail: code, retryable: false, request_id: 'r' }, { status });
}

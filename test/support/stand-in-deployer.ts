import type { ViceDeploymentSpec } from '../../src/schema/deployment-spec.ts';
import { specHash } from '../../src/schema/spec-hash.ts';

/** What a coordinator asks of a deployer, answered from memory: for tests of the coordinator that need many deployers, or one that holds much. */
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

export function startStandInDeployer(): StandInDeployer {
  const held = new Map<string, { attempt: number; hash: string }>();
  const ids = new Set<string>();
  const seen: string[] = [];
  let isHanging = false;
  const apply = async (request: Request) => {
    // The coordinator under test sends what the schema says; this stand-in is no judge of it.
    const spec = (await request.json()) as ViceDeploymentSpec;
    const { external_id, attempt = 1 } = spec.metadata;
    const spec_hash = specHash(spec);
    held.set(external_id, { attempt, hash: spec_hash });
    ids.add(external_id);
    return Response.json({ external_id, phase: 'pending', attempt, spec_hash }, { status: 201 });
  };
  const remove = (external_id: string) => {
    held.delete(external_id);
    ids.delete(external_id);
    return Response.json({ external_id, gone: true, left: [] });
  };
  const status = (external_id: string) => {
    const known = held.get(external_id);
    if (known) return Response.json({ external_id, phase: 'running', attempt: known.attempt, spec_hash: known.hash });
    const problem = { type: 'about:blank', title: 'not found', status: 404, code: 'not_found', retryable: false, request_id: 'r' };
    return Response.json(problem, { status: 404 });
  };
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    fetch: (request) => {
      const { pathname } = new URL(request.url);
      seen.push(`${request.method} ${pathname}`);
      if (isHanging) return new Promise<Response>(() => undefined);
      if (pathname === '/api/v1/health') return Response.json({ status: 'healthy', kubernetes: 'reachable', kubernetes_ms: 1 });
      if (pathname === '/readyz') return new Response('ok');
      const id = pathname.split('/')[4] ?? '';
      if (request.method === 'POST') return apply(request);
      return request.method === 'DELETE' ? remove(id) : status(id);
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

import type { Actor } from '../../cluster-registry/ports.ts';
import { callerOf, contextOf, transportOf } from '../plumbing/request-context.ts';

/** Who makes this request, as the audit names them. */
export function actorOf(request: Request): Actor {
  const { peer } = transportOf(request);
  return { subject: callerOf(request)?.subject ?? 'anonymous', request_id: contextOf(request).requestId, ...(peer !== undefined && { peer }) };
}

import { describe, expect, test } from 'bun:test';
import { AlreadyThereError, ObjectChangedError } from '../../deployer/errors.ts';
import { ClusterFullError, ClusterMisconfiguredError, NotFoundError, SpecRefusedError, UnavailableError } from '../../errors/errors.ts';
import type { ViceError } from '../../errors/vice-error.ts';
import { statusError } from './status-error.ts';

const asked = { verb: 'create', what: 'Deployment/x' };

function errorFor(code: number, reason: string, message: string, details: object = {}): ViceError {
  return statusError(code, JSON.stringify({ kind: 'Status', status: 'Failure', reason, message, code, details }), null, asked);
}

// The messages are those of kube-apiserver 1.36.
const exceeded = 'deployments.apps "x" is forbidden: exceeded quota: none, requested: count/deployments.apps=1, used: 0, limited: 0';
const uncounted = 'deployments.apps "x" is forbidden: status unknown for quota: none, resources: count/deployments.apps';
const noRight =
  'deployments.apps "x" is forbidden: User "vice" cannot create resource "deployments" in API group "apps" in the namespace "vice-apps"';
const isEnding = 'deployments.apps "x" is forbidden: unable to create new content in namespace gone because it is being terminated';
const isStarting = 'deployments.apps "x" is forbidden: not yet ready to handle request';
const noEtcd = 'Service "x" is invalid: spec.clusterIPs: Invalid value: [""]: failed to allocate IP: rpc error: code = Unavailable desc = EOF';
const noAddress = 'Service "x" is invalid: spec.clusterIPs: Invalid value: null: failed to allocate IP: range is full';
const admission = 'admission webhook "images.example.org" denied the request: images of this registry are not allowed';

describe('what a kube-apiserver refuses is told apart', () => {
  const cases: readonly [what: string, error: ViceError, kind: new (...args: never[]) => ViceError, isRetryable: boolean][] = [
    ['a used-up quota', errorFor(403, 'Forbidden', exceeded), ClusterFullError, true],
    ['a quota that is not counted yet', errorFor(403, 'Forbidden', uncounted), UnavailableError, true],
    ['a kube-apiserver that has only started', errorFor(403, 'Forbidden', isStarting), UnavailableError, true],
    ['an address that could not be asked for', errorFor(422, 'Invalid', noEtcd), UnavailableError, true],
    ['addresses that are used up', errorFor(422, 'Invalid', noAddress), ClusterFullError, true],
    ["a right that the deployer's role lacks", errorFor(403, 'Forbidden', noRight), ClusterMisconfiguredError, false],
    ['a namespace that is going', errorFor(403, 'Forbidden', isEnding), ClusterMisconfiguredError, false],
    ['a namespace that is not there', errorFor(404, 'NotFound', 'namespaces "vice-apps" not found'), ClusterMisconfiguredError, false],
    ['credentials that are not known', errorFor(401, 'Unauthorized', 'Unauthorized'), ClusterMisconfiguredError, false],
    ["a webhook's refusal", errorFor(403, 'Forbidden', admission), SpecRefusedError, false],
    ["a field's refusal", errorFor(422, 'Invalid', 'Deployment.apps "x" is invalid'), SpecRefusedError, false],
    ['an unknown field', errorFor(400, 'BadRequest', 'strict decoding error: unknown field "spec.replica"'), SpecRefusedError, false],
    ['a name that is taken', errorFor(409, 'AlreadyExists', 'deployments.apps "x" already exists'), AlreadyThereError, false],
    ['an object that changed', errorFor(409, 'Conflict', 'Operation cannot be fulfilled on deployments.apps "x"'), ObjectChangedError, true],
    ['an expired version', errorFor(410, 'Expired', 'too old resource version'), ObjectChangedError, true],
    ['an object that is not there', errorFor(404, 'NotFound', 'deployments.apps "x" not found'), NotFoundError, false],
    ['too many requests', errorFor(429, 'TooManyRequests', 'too many requests'), UnavailableError, true],
    ['an error of its own', errorFor(500, 'InternalError', 'etcdserver: leader changed'), UnavailableError, true],
    ["a proxy's page", statusError(502, '<html>bad gateway</html>', null, asked), UnavailableError, true],
  ];
  for (const [what, error, kind, isRetryable] of cases) {
    test(`${what} is ${kind.name}, ${isRetryable ? '' : 'not '}retryable`, () => {
      expect(error).toBeInstanceOf(kind);
      expect(error.retryable).toBe(isRetryable);
      expect(error.message).toContain('Deployment/x');
      expect(error.cause).toBeInstanceOf(Error);
    });
  }
});

test('a name that is taken by an object on its way out is told as such', () => {
  const message = 'object is being deleted: persistentvolumes "x" already exists';
  expect(errorFor(409, 'AlreadyExists', message)).toMatchObject({ isTerminating: true });
  expect(errorFor(409, 'AlreadyExists', 'persistentvolumes "x" already exists')).toMatchObject({ isTerminating: false });
});

test('every field that the cluster refuses is named, below the object that it belongs to', () => {
  const causes = [
    { reason: 'FieldValueInvalid', field: 'spec.replicas', message: 'must be greater than or equal to 0' },
    { reason: 'FieldValueRequired', field: 'spec.selector', message: 'Required value' },
  ];
  expect(errorFor(422, 'Invalid', 'is invalid', { causes }).faults).toEqual([
    { path: 'Deployment/x.spec.replicas', message: 'must be greater than or equal to 0' },
    { path: 'Deployment/x.spec.selector', message: 'Required value' },
  ]);
});

test('the pause that is asked for is passed on, from the body or the header', () => {
  expect(errorFor(429, 'TooManyRequests', 'wait', { retryAfterSeconds: 7 }).retryAfterSeconds).toBe(7);
  expect(statusError(503, 'busy', '3', asked).retryAfterSeconds).toBe(3);
  expect(statusError(503, 'busy', 'Wed, 21 Oct 2026 07:28:00 GMT', asked).retryAfterSeconds).toBeUndefined();
});

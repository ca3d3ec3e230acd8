import type { KubeObject } from '../../deployer/ports.ts';
import { UpstreamError } from '../../errors/errors.ts';

type Json = Readonly<Record<string, unknown>>;

/** One page of a list, or one object, as the kube-apiserver answered it. */
export interface Page {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
  /** Where the next page begins, when there is one. */
  readonly next?: string;
}

/** @throws UpstreamError when it is no object of Kubernetes */
export function objectIn(answer: unknown): KubeObject {
  if (isKubeObject(answer)) return answer;
  throw new UpstreamError('the kube-apiserver answered something that is no object');
}

/** @throws UpstreamError when it is no list */
export function pageIn(answer: unknown): Page {
  if (!isJson(answer) || !Array.isArray(answer['items'])) throw new UpstreamError('the kube-apiserver answered something that is no list');
  const metadata = isJson(answer['metadata']) ? answer['metadata'] : {};
  const { continue: next, resourceVersion } = metadata;
  return {
    items: answer['items'].filter(isKubeObject),
    resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : '',
    ...(typeof next === 'string' && next !== '' && { next }),
  };
}

/** Whether what a removal answered means that something still keeps the object. */
export function isKept(answer: unknown): answer is KubeObject {
  if (!isKubeObject(answer) || answer['kind'] === 'Status') return false;
  return (answer.metadata.finalizers?.length ?? 0) > 0;
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Beyond the name, the metadata of a kube-apiserver's answers is taken as its API documents it. */
export function isKubeObject(value: unknown): value is KubeObject {
  return isJson(value) && isJson(value['metadata']) && typeof value['metadata']['name'] === 'string';
}

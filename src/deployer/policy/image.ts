import { isMatch } from '../../schema/glob.ts';
import { IMAGE_NAME } from '../../schema/kubernetes-names.ts';
import type { Policy } from '../../schema/policy.ts';

/** Containers that a policy lists images for. */
export type ImageRole = 'analysis' | 'proxy' | 'transfers';

const IMAGE = new RegExp(`^(?<name>${IMAGE_NAME})(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$`);
const LONGEST = 512;

/** Whether it is the reference of an image that one of the patterns lets in. */
export function isImage(candidate: unknown, patterns: Policy['images'][ImageRole]): boolean {
  if (typeof candidate !== 'string' || candidate.length > LONGEST) return false;
  const { name, tag = 'latest', digest } = IMAGE.exec(candidate)?.groups ?? {};
  if (name === undefined) return false;
  const full = inFull(name);
  // Where there is a digest, runtimes do not look at the tag.
  const [version, sign] = digest === undefined ? [tag, ':'] : [digest, '@'];
  return patterns.some((pattern) => pattern === '*' || isPattern(pattern, full, sign, version));
}

/** A pattern that ends without a tag or digest means all of them. Of registry and path each is compared alone: no `*` reaches over the slash. */
function isPattern(pattern: string, image: string, sign: string, version: string): boolean {
  const [registryPattern, pathPattern] = divided(inFull(pattern));
  const [registry, path] = divided(image);
  if (!isMatch(registryPattern, registry)) return false;
  const last = pathPattern.slice(pathPattern.lastIndexOf('/') + 1);
  if (!/[:@]/.test(last)) return isMatch(pathPattern, path);
  return last.includes('@') === (sign === '@') && isMatch(pathPattern, `${path}${sign}${version}`);
}

/** With the registry that runtimes ask where none is named. */
function inFull(name: string): string {
  const [first = '', ...rest] = name.split('/');
  if (rest.length === 0) return `docker.io/library/${name}`;
  if (first === 'index.docker.io') return `docker.io/${rest.length === 1 ? 'library/' : ''}${rest.join('/')}`;
  if (first === 'docker.io' && rest.length === 1 && rest[0] !== '*') return `docker.io/library/${rest[0]}`;
  return /[.:*]|^localhost$/.test(first) ? name : `docker.io/${name}`;
}

function divided(image: string): readonly [registry: string, path: string] {
  const at = image.indexOf('/');
  return [image.slice(0, at), image.slice(at + 1)];
}

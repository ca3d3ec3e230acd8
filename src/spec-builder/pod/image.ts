import type { SpecProfile } from '../settings.ts';

/** The image under the name that the cluster pulls it by. An empty tag: `name` says it all. */
export function imageOf({ imageMirror }: SpecProfile, name: string, tag: string): string {
  const image = tag === '' ? name : `${name}:${tag}`;
  return imageMirror !== undefined && image.startsWith(imageMirror.from) ? imageMirror.to + image.slice(imageMirror.from.length) : image;
}

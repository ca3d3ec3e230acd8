/** A sentence of Kubernetes that says no more in so many characters only repeats itself, once for each node. */
const LONGEST = 500;

/**
 * A text of the cluster as a person may read it: on one line, of bounded length, and without what addresses may carry besides the place: user and
 * password, and the queries of signed addresses.
 */
export function tidy(said: string): string {
  const line = said
    .slice(0, 4 * LONGEST)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\/\/[^\s/@"']+@/g, '//')
    .replaceAll(/(\w:\/\/[^\s?"']+)\?[^\s"']+/g, '$1')
    .trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** The parts as one path, without empty parts and with `.` and `..` resolved, as Go's `path.Join` does it. No parts: the empty text. */
export function join(...parts: readonly string[]): string {
  const path = parts.filter((part) => part !== '').join('/');
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    if (name === '..') names.pop();
    else names.push(name);
  }
  return `${path.startsWith('/') ? '/' : ''}${names.join('/')}`;
}

/** The last part of a path, be there a slash after it or not; `''` for the root and the empty text. */
export function basenameOf(path: string): string {
  return path.replace(/\/+$/, '').replace(/^.*\//, '');
}

/** The text with a slash at its end, be there one already or not. */
export function withSlash(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}

export function isBlank(text: string): boolean {
  return text.trim() === '';
}

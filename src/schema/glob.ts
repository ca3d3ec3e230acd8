/** Whether `text` is what `pattern` says: `*` is any run of characters, everything else is itself. Linear in both, whatever they are. */
export function isMatch(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === text;
  const last = rest.pop() ?? '';
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > text.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}

const URL_FORM = /^(https?:\/\/[A-Za-z0-9.-]+(?::[0-9]{1,5})?)(\/[^\s\\]*)?$/;

/** The same of a URL without user, query or fragment: scheme, host and port are compared alone, so that no `*` of a host reaches into the path. */
export function isUrlMatch(pattern: string, url: string): boolean {
  if (pattern === '*') return url === '' || URL_FORM.test(url);
  const [, origin, path = ''] = URL_FORM.exec(url) ?? [];
  if (origin === undefined) return false;
  const slash = pattern.indexOf('/', pattern.indexOf('://') + 3);
  const [originPattern, pathPattern] = slash < 0 ? [pattern, ''] : [pattern.slice(0, slash), pattern.slice(slash)];
  return isMatch(originPattern, origin) && isMatch(pathPattern, path);
}

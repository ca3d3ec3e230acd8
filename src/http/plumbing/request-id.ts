const SANE = /^[A-Za-z0-9][A-Za-z0-9._:=-]{0,127}$/;

/** The caller's own id where it can stand in a log line and a header as it is, else a fresh one. */
export function requestIdFrom(headers: Headers): string {
  const given = headers.get('x-request-id');
  return given !== null && SANE.test(given) ? given : crypto.randomUUID();
}

/** By name; what is undefined is not sent. */
export type Parameters = Readonly<Record<string, string | number | undefined>>;

/** `?a=b`, or nothing. */
export function queryOf(parameters: Parameters): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, String(value));
  return query.size === 0 ? '' : `?${query.toString()}`;
}

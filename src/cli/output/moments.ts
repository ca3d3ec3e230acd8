const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
] as const;

/** How long ago it was, in the largest whole unit: `3s ago`, `2d ago`. The clocks of two machines differ a little: nothing is in the future. */
export function ago(rfc3339: string, now: number): string {
  return `${span(now - Date.parse(rfc3339))} ago`;
}

export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const [unit, length] = UNITS.find(([, length]) => seconds >= length * 2) ?? ['s', 1];
  return `${Math.floor(seconds / length)}${unit}`;
}

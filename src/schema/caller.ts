/** What a caller of the coordinator may do: a viewer reads, an operator reads and changes. */
export type Role = 'viewer' | 'operator';

/** Who sends a request, by the token that came with it. */
export interface Caller {
  /** The claim `sub` of the token. */
  readonly subject: string;
  /** The strongest that the token gives. Absent: none. */
  readonly role?: Role;
}

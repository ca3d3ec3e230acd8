/** How much the coordinators have in hand, as it stood in the database when it was counted. */
export interface Census {
  /** Analyses that have not ended, by their state. */
  readonly analyses: readonly { readonly state: string; readonly count: number }[];
  /** Removals whose time has come, those under way included. */
  readonly removals_due: number;
  /** Removals that wait for their next try. */
  readonly removals_waiting: number;
  /** Analyses of clusters that were forgotten, which may still be there. */
  readonly tombstones: number;
}

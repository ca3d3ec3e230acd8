/** A cause for which an analysis does not run. */
export interface Reason {
  /** One sentence without its full stop. `{about}` stands for the container, claim or objects that it is about. */
  readonly is: string;
  /** What a person can do. */
  readonly hint: string;
  /** It does not go away without somebody's doing. @default false */
  readonly isFinal?: boolean;
}

/** A cause as it was found in one analysis. */
export interface Found<Code extends string> {
  readonly code: Code;
  readonly about?: string;
  /** What Kubernetes says of it. */
  readonly said?: string | undefined;
  /** It happened again and again, so that it does not go away any more. @default what the reason says */
  readonly isFinal?: boolean;
}

/** The first code whose pattern is in a text of Kubernetes, which has no codes of its own there. */
export function codeIn<Code extends string>(said: string, patterns: readonly (readonly [RegExp, Code])[]): Code | undefined {
  return patterns.find(([pattern]) => pattern.test(said))?.[1];
}

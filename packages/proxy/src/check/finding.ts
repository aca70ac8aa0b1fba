// What a check finds, and how bad it is.

/** `fails`: requests will fail. `unpaid`: they will succeed and earn nothing. `hint`: something better is possible. */
export type Severity = "fails" | "unpaid" | "hint";

/** One thing a provider should know, with what to do about it. */
export interface Finding {
  readonly severity: Severity;
  readonly what: string;
  readonly fix: string;
}

/** The words of one cell of the report. */
export type Verdict = "works" | "fails" | "unpaid" | "missing" | "no" | "-";

/** Text of a peer as it may be shown: one short line that does not steer the terminal. */
export function shown(text: string, charactersMax = 300): string {
  const line = text.replaceAll(/[\p{Cc}\s]+/gu, " ").trim();
  return line.length > charactersMax ? `${line.slice(0, charactersMax)}…` : line;
}

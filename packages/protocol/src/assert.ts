// Programmer errors: what must never happen stops the program instead of going on with wrong money.

/** Throws when `condition` is false; `claim` says what was supposed to hold. In a browser too, unlike `node:assert`. */
export function assert(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${claim}`);
}

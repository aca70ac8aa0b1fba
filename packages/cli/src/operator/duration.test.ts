import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDuration } from "./duration.ts";

test("a time is read in its units, alone or together", () => {
  const times = {
    "24h": 86_400n,
    "7d": 604_800n,
    "1h30m": 5_400n,
    "30min": 1_800n,
    "90s": 90n,
    "1 d 12 h": 129_600n,
    "0s": 0n,
  };
  for (const [text, seconds] of Object.entries(times)) assert.equal(parseDuration(text, "--x"), seconds, text);
});

test("what is no time is refused by the option's name", () => {
  for (const text of ["", "24", "h", "-1h", "1.5h", "1w", "30m1h", "1h ago"]) {
    assert.throws(
      () => parseDuration(text, "--user-exit-delay"),
      /^CommandFault: --user-exit-delay: expected a time/,
      text,
    );
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Address } from "@solana/kit";
import { readAccount } from "./payout-account.ts";

const [OLD, NEW] = ["1".repeat(32) as Address, "2".repeat(44) as Address];
const NOW = { payout: OLD, pendingPayout: undefined };

test("an address is taken by its letters, and what is none is refused", () => {
  assert.deepEqual(readAccount(` ${NEW} `, NOW), { account: NEW });
  assert.deepEqual(readAccount("", NOW), {});
  for (const text of ["1".repeat(31), "1".repeat(45), `${"1".repeat(40)}0`, "own", "0xdeadbeef"]) {
    assert.match(readAccount(text, NOW).fault ?? "", /32 to 44/, text);
  }
});

test("what is so already is said, and the account in force takes a change back", () => {
  assert.match(readAccount(OLD, NOW).fault ?? "", /paid already/);
  const pending = { payout: OLD, pendingPayout: { payout: NEW, at: 5n } };
  assert.match(readAccount(NEW, pending).fault ?? "", /announced already/);
  assert.deepEqual(readAccount(OLD, pending), { account: OLD });
});

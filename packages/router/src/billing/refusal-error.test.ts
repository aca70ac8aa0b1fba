import assert from "node:assert/strict";
import { test } from "node:test";
import { nanoUsdc } from "@aimo-network/protocol/money";
import type { LockStop } from "../ledger/commands.ts";
import type { RateRules } from "./rate-rules.ts";
import { refusalError } from "./refusal-error.ts";

const REQUEST = { least: nanoUsdc(1_500_000n), wallet: "ann", keyId: "key", model: "a/b", secondsLeft: 9 };
const RULES: RateRules = {
  key: { requests: 1, tokens: 2, running: 3 },
  wallet: { requests: 4, tokens: 5, running: 6 },
};

test("a wallet that may lock nothing is told why, and what helps", () => {
  const messageFor = (stop: LockStop | undefined): string =>
    refusalError({ reason: "allowance_exceeded", lockable: nanoUsdc(7n), stop }, REQUEST, RULES).message;
  assert.match(messageFor(undefined), /0\.0015 USDC, found 0\.000000007 USDC left .*: raise the allowance/);
  assert.match(messageFor("ending"), /about to end or to get smaller: raise the allowance/);
  assert.match(messageFor("exiting"), /leaving this router: cancel its exit first/);
  assert.match(messageFor("halted"), /escrow on chain has less .* ask the operator/);
});

// Whatever a wallet throws has its own words, and says what to do next.
import assert from "node:assert/strict";
import { test } from "node:test";
import { faultOfWallet } from "./wallet-fault.ts";

const throwing = {
  get message(): string {
    throw new Error("not even this");
  },
};

for (const [thrown, kind, words] of [
  [Object.assign(new Error("x"), { code: 4001 }), "refused", /You refused it in Glow\./],
  [new Error("User rejected the request."), "refused", /refused/],
  [new Error("Transaction cancelled"), "refused", /refused/],
  [new Error("Approval Denied"), "refused", /refused/],
  [new Error("The window was closed"), "refused", /refused/],
  [Object.assign(new Error("x"), { code: 4100 }), "unauthorized", /does not let this site/],
  [new Error("The requested account has not been authorized by the user."), "unauthorized", /does not let/],
  [new Error("Wallet not connected"), "unauthorized", /does not let/],
  [new Error("Wallet is locked"), "locked", /Glow is locked\./],
  [new Error("Please unlock your wallet"), "locked", /locked/],
  [new Error("Internal error\n\u202e<b>"), "failed", /It says: “Internal error <b>”/],
  ["a text", "failed", /It says: “a text”/],
  [undefined, "failed", /did not say why/],
  [{}, "failed", /did not say why/],
  [throwing, "failed", /did not say why/],
  [new Error("blockhash not found"), "failed", /blockhash/],
] as const) {
  test(`${kind}: ${thrown instanceof Error ? thrown.message.slice(0, 30) : typeof thrown}`, () => {
    const fault = faultOfWallet("Glow", thrown);
    assert.equal(fault.kind, kind);
    assert.match(fault.message, words);
    assert.ok(fault.next !== undefined && fault.next !== "");
    assert.equal(faultOfWallet("Other", fault), fault, "its own words stay");
  });
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { soundBalance } from "./sound-balance.ts";

const SOUND = {
  available: "1.5",
  locked: "0",
  withdrawing: "0",
  payable: "0.000000001",
  lockable: "1.5",
  deposited: "2",
};

test("a balance is taken as it is", () => {
  const told = { data: SOUND };
  assert.equal(soundBalance(told), told);
});

test("what is no amount is told, and breaks no page", () => {
  for (const [name, found] of [
    ["available", "-1"],
    ["locked", "abc"],
    ["withdrawing", "1e5"],
    ["payable", "99999999999999999999"],
    ["lockable", null],
    ["deposited", 2],
  ] as const) {
    const told = { data: { ...SOUND, [name]: found } };
    assert.throws(() => soundBalance(told), { name: "ConsoleFault", message: new RegExp(name) });
  }
});

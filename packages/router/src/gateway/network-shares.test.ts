// Shares by address: both sides of the bound, and that what is given back is free again, once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { createNetworkShares } from "./network-shares.ts";

const isOver = (error: unknown): boolean =>
  isAimoError(error, "overloaded") && error.message.includes("your address has 2 live listeners");

test("an address has its share and not more, whoever else has theirs, and gives back what it took once", () => {
  const shares = createNetworkShares(2, "live listeners");
  const giveBack = shares.take("8.8.8.8");
  shares.take("8.8.8.8");
  assert.throws(() => shares.take("8.8.8.8"), isOver);
  shares.take("8.8.4.4");
  giveBack();
  giveBack();
  shares.take("8.8.8.8");
  assert.throws(() => shares.take("8.8.8.8"), isOver);
});

test("an IPv6 network is one, and private addresses, which a balancer has, are nobody's share", () => {
  const shares = createNetworkShares(2, "live listeners");
  shares.take("2001:db8::1");
  shares.take("2001:db8::2");
  assert.throws(() => shares.take("2001:db8::3"), isOver);
  for (const address of ["127.0.0.1", "10.0.0.1", undefined]) for (let n = 0; n < 3; n += 1) shares.take(address)();
});

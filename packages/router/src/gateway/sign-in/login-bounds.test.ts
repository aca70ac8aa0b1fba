// The bounds of logins: both sides of each, by address of the Internet, and anew when their time is over.
import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import { LOGIN_CHALLENGE_MS } from "../../limits.ts";
import type { LoginBounds } from "./login-bounds.ts";
import { createLoginBounds } from "./login-bounds.ts";

function enters(bounds: LoginBounds, address: string | undefined): boolean {
  try {
    bounds.enter(address);
    return true;
  } catch (error) {
    assert.ok(isAimoError(error, "overloaded"));
    return false;
  }
}

test("one address takes its share, and no more of everybody's", () => {
  const clock = manualClock();
  const bounds = createLoginBounds(clock, { loginsMax: 4, perNetworkMax: 2 });
  assert.deepEqual(
    ["8.8.8.8", "8.8.8.8", "8.8.8.8", "8.8.4.4", "2001:db8::1", "8.8.1.1"].map((address) => enters(bounds, address)),
    [true, true, false, true, true, false],
  );
  clock.advance(LOGIN_CHALLENGE_MS - 1);
  assert.equal(enters(bounds, "8.8.1.1"), false);
  clock.advance(1);
  assert.deepEqual(
    [enters(bounds, "8.8.8.8"), enters(bounds, "8.8.8.8"), enters(bounds, "8.8.8.8")],
    [true, true, false],
  );
});

test("an IPv6 network is one, and a balancer's private address has no share of its own", () => {
  const bounds = createLoginBounds(manualClock(), { loginsMax: 5, perNetworkMax: 1 });
  assert.deepEqual(
    ["2001:db8::1", "2001:db8::2", "10.0.0.1", "10.0.0.1", undefined, "127.0.0.1", "127.0.0.1"].map((address) =>
      enters(bounds, address),
    ),
    [true, false, true, true, true, true, false],
  );
});

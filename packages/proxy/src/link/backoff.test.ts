// The bound of the delay doubles from half a second to half a minute, and chance fills it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Random } from "@aimo-network/protocol/random";
import { seededRandom } from "@aimo-network/protocol/random";
import { reconnectDelayMs } from "./backoff.ts";

const always = (fraction: number): Random => ({ bytes: (count) => new Uint8Array(count), fraction: () => fraction });

describe("reconnect delay", () => {
  test("its bound doubles from 0.5 s to 30 s and stays there", () => {
    const bounds = [1, 2, 3, 6, 7, 8, 1_000, 1_000_000].map((failures) => reconnectDelayMs(always(1), failures));
    assert.deepEqual(bounds, [500, 1_000, 2_000, 16_000, 30_000, 30_000, 30_000, 30_000]);
  });

  test("it starts at nothing and is spread over the whole bound", () => {
    assert.equal(reconnectDelayMs(always(0), 5), 0);
    const random = seededRandom(7);
    const delays = Array.from({ length: 400 }, () => reconnectDelayMs(random, 3));
    const quarters = [0, 1, 2, 3].map(
      (quarter) => delays.filter((delay) => Math.floor(delay / 500) === quarter).length,
    );
    assert.ok(
      quarters.every((count) => count > 60),
      String(quarters),
    );
  });
});

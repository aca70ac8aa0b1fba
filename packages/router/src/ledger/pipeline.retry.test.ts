// How often a pipeline looks for a database that is away.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { manualClock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import { requestUuid } from "@aimo-network/protocol/ids";
import { nanoUsdc } from "@aimo-network/protocol/money";
import { systemRandom } from "@aimo-network/protocol/random";
import { createLog } from "../log.ts";
import { LEDGER_RETRY_MS } from "./limits.ts";
import { createPipeline } from "./pipeline.ts";
import { NO_USAGE } from "@aimo-network/protocol/usage";

const STEP_MS = 10;

test("charges that wait for the database look for it once in each interval together, however many there are", async () => {
  const clock = manualClock();
  let looks = 0;
  const away = (): Promise<never> => {
    looks += 1;
    return Promise.reject(new AimoError("ledger_unavailable", {}));
  };
  const database = { query: away, transaction: away, connect: away, close: () => Promise.resolve() };
  const counts = { batch: () => undefined, refused: () => undefined };
  const deps = { clock, ioClock: clock, log: createLog("silent"), database, counts };
  const pipeline = createPipeline(deps, { instance: 1, rates: [] });
  const settled = async (): Promise<void> => {
    for (let turns = 0; turns < 10; turns += 1) await turn();
  };
  for (let count = 1; count <= 20; count += 1) {
    const id = requestUuid(clock, systemRandom);
    const numbers = { user: 1, provider: 2, model: 3, price: 4 };
    const nothing = {
      firstOutputMs: undefined,
      durationMs: 1,
      imageCount: 0,
      flags: 0,
      finishReason: "",
      unpaid: undefined,
    };
    void pipeline.charge({ id, kind: "charged", amount: nanoUsdc(1n), usage: NO_USAGE, ...numbers, ...nothing });
    clock.advance(STEP_MS);
    await settled();
  }
  assert.equal(pipeline.chargesWaiting, 20);
  looks = 0;
  for (let passedMs = 0; passedMs < 5 * LEDGER_RETRY_MS; passedMs += STEP_MS) {
    clock.advance(STEP_MS);
    await settled();
  }
  assert.equal(looks, 5);
});

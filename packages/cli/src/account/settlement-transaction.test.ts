// A settlement that has landed a moment ago is waited for until it is final, and no longer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { answerOf, ReceiptScene, signatureOf } from "@aimo-network/escrow/test-bed/receipt-scene";
import { manualClock } from "@aimo-network/protocol/clock";
import { openNode } from "../chain/solana-node.ts";
import { FINAL_POLL_MS, FINAL_WAIT_MS } from "../limits.ts";
import { openReadingBed } from "../test-bed/reading-bed.ts";
import { startReadingNode } from "../test-bed/reading-node.ts";
import type { Progress } from "../terminal/terminal.ts";
import { fetchSettlement } from "./settlement-transaction.ts";

for (const isLate of [false, true]) {
  test(`a transaction that is final ${isLate ? "after" : "within"} the time is ${isLate ? "pending" : "found"}`, async (t) => {
    const scene = await ReceiptScene.open();
    const { kept } = await scene.settled();
    const node = await startReadingNode(t, scene.scene.chain);
    const clock = manualClock();
    const finalMs = isLate ? FINAL_WAIT_MS + 1 : FINAL_WAIT_MS;
    node.told["getTransaction"] = async ([, options]) => {
      const { commitment } = options as { commitment?: string };
      const isFinal = commitment === "finalized" || commitment === undefined;
      return isFinal && clock.monotonic() < finalMs ? null : await answerOf(kept);
    };
    const { context } = openReadingBed(t, { clock });
    const waits: string[] = [];
    const progress = (): Progress => ({
      at: (what) => {
        waits.push(what);
        setImmediate(() => clock.advance(FINAL_POLL_MS)); // the wait begins right after it was told
      },
      done: () => undefined,
    });
    const told = { ...context, terminal: { ...context.terminal, progress } };
    const found = await fetchSettlement(told, openNode(node.url, told), signatureOf(kept.transaction));
    assert.equal(found === "pending", isLate);
    assert.equal(waits.length, FINAL_WAIT_MS / FINAL_POLL_MS);
    assert.equal(clock.waiting, 0);
  });
}

test("what is no signature is not asked for", async (t) => {
  const { scene } = await ReceiptScene.open();
  const node = await startReadingNode(t, scene.chain);
  const { context } = openReadingBed(t);
  assert.equal(await fetchSettlement(context, openNode(node.url, context), "no signature"), null);
  assert.deepEqual(node.asked, []);
});

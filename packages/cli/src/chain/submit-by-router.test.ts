// What becomes of a transaction that a router sends: answers of every kind, and none.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import type { ManualClock } from "@aimo-network/protocol/clock";
import type { Base64EncodedWireTransaction, Signature } from "@solana/kit";
import { LANDING_UNANSWERED_MS, LANDING_WAIT_MS } from "@aimo-network/escrow/limits";
import { ROUTER_LANDING_POLL_MS } from "../limits.ts";
import { RouterClient } from "../network/router-client.ts";
import { pump } from "../test-bed/money-bed.ts";
import { faultOf, openReadingBed } from "../test-bed/reading-bed.ts";
import type { ReadingBed } from "../test-bed/reading-bed.ts";
import { replyWith, startScriptedRouter } from "../test-bed/scripted-router.ts";
import type { ScriptedRouter } from "../test-bed/scripted-router.ts";
import { submitByRouter } from "./submit-by-router.ts";

const PATH = "/api/v1/account/transactions";
const SIGNATURE = "5".repeat(87) as Signature;
const LOOK = `${PATH}/${SIGNATURE}`;
const SIGNED = { wire: "AAAA" as Base64EncodedWireTransaction, signature: SIGNATURE, programs: [] };

let clock: ManualClock;
let bed: ReadingBed;
let router: ScriptedRouter;
beforeEach(async (t) => {
  clock = manualClock();
  bed = openReadingBed(t as never, { clock });
  router = await startScriptedRouter(t as never);
});

const submit = (path = PATH) => {
  const desk = { client: new RouterClient(router.url, bed.context), cluster: undefined, path };
  return pump(clock, submitByRouter(bed.context, desk, SIGNED), ROUTER_LANDING_POLL_MS);
};
const landing = (status: string, failure: string | null = null): object => ({ data: { status, failure } });
const refusal = (status: number, code: string) =>
  replyWith(status, { error: { message: `Said so: ${code}.`, metadata: { error_code: code } } });

test("what has landed when the answer comes is asked for no more", async () => {
  router.answers[PATH] = landing("confirmed");
  assert.deepEqual(await submit(), { signature: SIGNATURE, status: "confirmed" });
  assert.equal(router.calls.length, 1);
});

test("what is on its way is asked for until it has landed, also where the router forgets it for a while", async () => {
  router.answers[PATH] = landing("sent");
  let asked = 0;
  router.answers[LOOK] = (request, response) => {
    asked += 1;
    if (asked === 1) refusal(404, "transaction_not_found")(request, response);
    else replyWith(200, landing(asked < 4 ? "sent" : "finalized"))(request, response);
  };
  assert.deepEqual(await submit(), { signature: SIGNATURE, status: "finalized" });
  assert.equal(asked, 4);
});

test("a withdrawal's answer has its landing beside it, or has ended", async () => {
  const path = "/api/v1/account/withdrawals/x/submit";
  router.answers[path] = { data: { state: "submitted", landing: { status: "confirmed" } } };
  assert.equal((await submit(path)).status, "confirmed");
  router.answers[path] = { data: { state: "confirmed", landing: null } };
  assert.equal((await submit(path)).status, "confirmed");
});

test("what failed says why, and what would mend it", async () => {
  router.answers[PATH] = landing("failed", "The transaction failed: the fee payer has no SOL; send SOL to it");
  const words = await faultOf(submit());
  assert.deepEqual([words.code, words.reason], ["insufficient_sol", "funds"]);
  for (const said of [
    "It expired before it landed: ask for a new one.",
    "The transaction failed: it has expired, or was signed for another network; build and sign it again",
  ]) {
    router.answers[PATH] = landing("failed", said);
    const late = await faultOf(submit());
    assert.deepEqual([late.code, late.reason], ["transaction_expired", "refused"]);
    assert.match(late.next ?? "", /Run the same again, and answer within a minute/);
  }
  router.answers[PATH] = refusal(409, "transaction_failed");
  const other = await faultOf(submit());
  assert.deepEqual([other.code, other.why], ["transaction_failed", "Said so: transaction_failed."]);
});

test("a router whose nodes are away, or that falls silent, is handed the same again, and then nobody knows", async () => {
  let handedIn = 0;
  router.answers[PATH] = (request, response) => {
    handedIn += 1;
    if (handedIn < 3) refusal(503, "chain_unavailable")(request, response);
    else replyWith(200, landing("confirmed"))(request, response);
  };
  assert.equal((await submit()).status, "confirmed");
  assert.equal(handedIn, 3);
  router.answers[PATH] = (request) => request.socket.destroy();
  const startMs = clock.monotonic();
  const words = await faultOf(submit());
  assert.deepEqual([words.code, words.reason], ["unsettled", "unsettled"]);
  const passedMs = clock.monotonic() - startMs;
  assert.ok(passedMs >= LANDING_UNANSWERED_MS && passedMs < 2 * LANDING_UNANSWERED_MS, String(passedMs));
});

test("what is never confirmed is not known after all the time that there is", async () => {
  router.answers[PATH] = landing("sent");
  router.answers[LOOK] = landing("sent");
  const words = await faultOf(submit());
  assert.equal(words.reason, "unsettled");
  assert.ok(clock.monotonic() >= LANDING_WAIT_MS);
});

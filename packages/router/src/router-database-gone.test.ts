// A router whose database goes away: it says so at once, ends what runs, hangs nowhere, and charges everything once it is back.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { TestContext } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import type { DatabaseRelay } from "./test-bed/database-relay.ts";
import { startDatabaseRelay } from "./test-bed/database-relay.ts";
import type { PayerDesk } from "./test-bed/payer-desk.ts";
import { openPayerDesk } from "./test-bed/payer-desk.ts";
import type { ScriptedCall, ScriptedProvider } from "./test-bed/scripted-provider.ts";
import { connectProvider, plainOffer } from "./test-bed/scripted-provider.ts";
import { testDatabase } from "./test-bed/test-database.ts";
import type { TestRouter } from "./test-bed/test-router.ts";
import { startTestRouter } from "./test-bed/test-router.ts";

const GONE_MS = 10_000;
const ANSWERED_MS = 2_000;
const BUSY_MACHINE_MS = 1_000; // what other processes may add to that
const FUNDS = 1_000_000_000n;
const COST = 16_000n; // 10 and 3 tokens at 1 and 2 USDC per million
const USAGE = '"usage":{"prompt_tokens":10,"completion_tokens":3}';
const ASK = { model: "m", messages: [{ role: "user", content: "x" }] };
const SAYS = 'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":"abc"},"finish_reason":null}]}\n\n';
const ENDS = `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],${USAGE}}\n\ndata: [DONE]\n\n`;
const WHOLE = `{"choices":[{"index":0,"message":{"role":"assistant","content":"abc"},"finish_reason":"stop"}],${USAGE}}`;
const READ_PATHS = [
  "/key",
  "/credits",
  "/account/balance",
  "/generation?id=gen-01890a5d-ac96-774b-bcce-b302099a8057",
  "/generations",
  "/activity",
  "/provider/earnings",
  "/provider/activity",
] as const;
const SUMS = `SELECT vault, fees + (SELECT sum(available + locked + withdrawing + payable) FROM users)
  + (SELECT sum(claimable + withdrawing) FROM providers) AS owed,
  (SELECT sum(amount) FROM payables) - (SELECT sum(payable) FROM users) AS payables_off,
  (SELECT coalesce(sum(ceiling), 0) FROM locks WHERE state = 'o') - (SELECT sum(locked) FROM users) AS locks_off
  FROM router_accounts`;

interface Scene {
  readonly relay: DatabaseRelay;
  readonly router: TestRouter;
  readonly provider: ScriptedProvider;
  readonly payer: PayerDesk;
  /** Asks, and gives the provider's side of it. */
  ask(stream: boolean): Promise<{ call: ScriptedCall; response: Promise<Response> }>;
}

async function openScene(t: TestContext): Promise<Scene> {
  const relay = await startDatabaseRelay(await testDatabase());
  const router = await startTestRouter({ DATABASE_URL: relay.url });
  const waiting: ((call: ScriptedCall) => void)[] = [];
  const provider = await connectProvider(router.url, await router.key(), (call) => waiting.shift()?.(call));
  t.after(async () => {
    await provider.close();
    await router.close();
    await relay.close();
  });
  await provider.offer([plainOffer("m")]);
  const payer = await openPayerDesk(router, "1", { scopes: ["completion_model", "account"] });
  const ask = async (stream: boolean): Promise<{ call: ScriptedCall; response: Promise<Response> }> => {
    const called = Promise.withResolvers<ScriptedCall>();
    waiting.push(called.resolve);
    const response = router.chat(payer.key, { ...ASK, stream });
    return { call: await called.promise, response };
  };
  return { relay, router, provider, payer, ask };
}

/** What a request came to, and whether that was soon enough. */
async function timed<Result>(work: Promise<Result>): Promise<Result> {
  const startMs = systemClock.monotonic();
  const result = await work;
  const tookMs = systemClock.monotonic() - startMs;
  assert.ok(tookMs < ANSWERED_MS + BUSY_MACHINE_MS, `it took ${Math.round(tookMs)} ms`);
  return result;
}

async function assertUnavailable(response: Response): Promise<void> {
  assert.equal(response.status, 503);
  assert.match(await response.text(), /"error_code":"ledger_unavailable"/);
  assert.match(response.headers.get("retry-after") ?? "", /^[0-9]+$/);
}

/** Ends one answer of each kind; neither waits for the database, and neither says what it cost. */
async function endWithoutCost(
  stream: { call: ScriptedCall; response: Promise<Response> },
  whole: { call: ScriptedCall; response: Promise<Response> },
): Promise<void> {
  stream.call.write(ENDS);
  stream.call.end();
  whole.call.respond(200, { "content-type": "application/json" });
  whole.call.write(WHOLE);
  whole.call.end();
  const streamed = timed(stream.response.then((response) => response.text()));
  const response = await timed(whole.response);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("x-aimo-cost"), null);
  assert.match(await response.text(), /"cost":null\}.*"content":"abc"/);
  assert.match(await streamed, /"cost":null\}\}\n\ndata: \[DONE\]\n\n$/);
}

async function assertBooksBalance({ router }: Scene): Promise<void> {
  const [sums] = await router.database.query<Record<string, string | bigint>>(SUMS);
  assert.equal(String(sums?.["vault"]), String(sums?.["owed"]));
  assert.deepEqual([String(sums?.["payables_off"]), String(sums?.["locks_off"])], ["0", "0"]);
}

async function assertRecovered(scene: Scene, answers: number): Promise<void> {
  const { payer, router, ask } = scene;
  let costs: readonly bigint[] = [];
  for (;;) {
    const generations = await payer.generations().catch(() => []); // the database is only just back
    costs = generations.map(({ cost }) => cost);
    if (costs.length >= answers) break;
    await setImmediate();
  }
  const { call, response } = await ask(false);
  call.respond(200, { "content-type": "application/json" });
  call.write(WHOLE);
  call.end();
  assert.equal((await response).headers.get("x-aimo-cost"), "0.000016");
  const total = BigInt(answers + 1) * COST;
  assert.deepEqual(await payer.settled(), { available: FUNDS - total, locked: 0n, payable: total });
  assert.equal((await payer.generations()).length, answers + 1);
  await assertBooksBalance(scene);
  for (const path of READ_PATHS.filter((one) => !one.startsWith("/generation?"))) {
    const read = await fetch(`${router.url}/api/v1${path}`, { headers: { authorization: `Bearer ${payer.key}` } });
    assert.equal(read.status, 200, path);
    await read.body?.cancel();
  }
}

describe("a database that goes away", { concurrency: true }, () => {
  for (const [how, leave] of [
    ["breaks its connections and takes no new ones", (relay: DatabaseRelay) => relay.cut()],
    ["says nothing any more", (relay: DatabaseRelay) => Promise.resolve(relay.freeze())],
  ] as const) {
    test(`and ${how} stops nobody from being answered, and nothing from being charged once`, async (t) => {
      const scene = await openScene(t);
      const { relay, router, payer, ask } = scene;
      const stream = await ask(true);
      stream.call.respond(200, { "content-type": "text/event-stream" });
      stream.call.write(SAYS);
      await stream.response;
      const whole = await ask(false);
      const unseen = await router.key();
      const goneMs = systemClock.monotonic();
      await leave(relay);

      await assertUnavailable(await timed(router.chat(payer.key, ASK)));
      await assertUnavailable(await timed(router.chat(unseen, ASK)));
      const headers = { authorization: `Bearer ${payer.key}` };
      const reads = READ_PATHS.map(async (path) =>
        assertUnavailable(await timed(fetch(`${router.url}/api/v1${path}`, { headers }))),
      );
      await Promise.all([...reads, endWithoutCost(stream, whole)]);
      while (systemClock.monotonic() - goneMs < GONE_MS) {
        await assertUnavailable(await timed(router.chat(payer.key, { ...ASK, stream: true })));
        await setImmediate();
      }

      await relay.restore();
      await assertRecovered(scene, 2);
    });
  }
});

// An offer that comes back from an outage is tried by requests that are paid for: those that are not take nobody's turn.
import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { HEALTH_OUTAGE_MS } from "../../market/limits.ts";
import { newWallet } from "../../test-bed/new-wallet.ts";
import type { ScriptedCall } from "../../test-bed/scripted-provider.ts";
import { connectProvider, plainOffer } from "../../test-bed/scripted-provider.ts";
import { startTestRouter } from "../../test-bed/test-router.ts";

const JSON_TYPE = { "content-type": "application/json" };

function answer(call: ScriptedCall): void {
  const choices = [{ index: 0, message: { role: "assistant", content: "x" }, finish_reason: "stop" }];
  call.respond(200, JSON_TYPE);
  call.write(JSON.stringify({ choices, usage: { prompt_tokens: 1, completion_tokens: 1 } }));
  call.end();
}

function fail(call: ScriptedCall): void {
  call.respond(500, JSON_TYPE);
  call.write('{"error":{"message":"no"}}');
  call.end();
}

test("a wallet that cannot pay does not keep an offer from being tried again", async (t) => {
  const clock = manualClock(1_700_000_000_000);
  const router = await startTestRouter({}, clock);
  t.after(() => router.close());
  let isDown = true;
  const flaky = await connectProvider(router.url, await router.key(), (call) => (isDown ? fail(call) : answer(call)));
  await flaky.offer([plainOffer("m", { pricing: { prompt: "0.1", completion: "0.1" } })]); // nearly always drawn first
  const other = await connectProvider(router.url, await router.key(), answer);
  await other.offer([plainOffer("m", { pricing: { prompt: "100", completion: "100" } })]);
  t.after(() => Promise.all([flaky.close(), other.close()]));

  const [one, two] = [await router.key(), await router.key()];
  const poor = newWallet();
  await router.fund(poor, "0.000001");
  const poorKey = await router.key({}, poor);
  const ask = async (as: string, content: string): Promise<number> => {
    const max_price = { prompt: 100, completion: 100 };
    const body = { model: "m", messages: [{ role: "user", content }], max_tokens: 100, provider: { max_price } };
    const reply = await router.chat(as, body);
    await reply.text();
    return reply.status;
  };
  for (let round = 0; round < 2; round += 1) for (const key of [one, two]) assert.equal(await ask(key, "Hi"), 200);
  assert.ok(flaky.calls.length >= 3);
  isDown = false;
  clock.advance(HEALTH_OUTAGE_MS);
  const before = flaky.calls.length;
  for (let number = 0; number < 5; number += 1) assert.equal(await ask(poorKey, `Question ${number}`), 402);
  assert.equal(flaky.calls.length, before);
  assert.equal(await ask(await router.key(), "Hello"), 200);
  assert.equal(flaky.calls.length, before + 1, "the first request that is paid for tries it");
});

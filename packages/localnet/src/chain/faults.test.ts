import assert from "node:assert/strict";
import { test } from "node:test";
import { sleep, systemClock as clock } from "@aimo-network/protocol/clock";
import {
  SLOT_MS,
  SOL,
  bobsLamports,
  send,
  signTransfer,
  somebody,
  startTestChain,
  statusOf,
  temporaryDirectory,
  waitFor,
} from "../test-bed/chain-bed.ts";
import { NO_FAULTS } from "./faults.ts";

const LONG_MS = 400;

async function post(url: string, method: string): Promise<Response> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method });
  return fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
}

test("a chain that is down cuts every connection, and one that is busy says when to come again", async (t) => {
  const { chain } = await startTestChain(t, temporaryDirectory());
  chain.setFaults({ isDown: true });
  await assert.rejects(post(chain.rpcUrl, "getSlot"));
  chain.setFaults({ retryAfterS: 7 });
  const busy = await post(chain.rpcUrl, "getSlot");
  assert.deepEqual([busy.status, busy.headers.get("retry-after")], [429, "7"]);
  chain.setFaults({ slowMs: LONG_MS });
  const startMs = clock.monotonic();
  assert.equal((await post(chain.rpcUrl, "getSlot")).status, 200);
  assert.ok(clock.monotonic() - startMs >= LONG_MS);
  chain.setFaults(NO_FAULTS);
  assert.equal((await post(chain.rpcUrl, "getSlot")).status, 200);
});

test("a stale node answers as it did when it fell behind", async (t) => {
  const { chain, rpc } = await startTestChain(t, temporaryDirectory());
  chain.setFaults({ isStale: true });
  const before = await rpc.getSlot({ commitment: "processed" }).send();
  await sleep(clock, 5 * SLOT_MS);
  assert.equal(await rpc.getSlot({ commitment: "processed" }).send(), before);
  chain.setFaults(NO_FAULTS);
  assert.ok((await rpc.getSlot({ commitment: "processed" }).send()) > before);
});

test("a dropped transaction never lands, a late one lands later", async (t) => {
  const { chain, rpc } = await startTestChain(t, temporaryDirectory());
  const alice = await somebody(rpc);
  const dropped = await signTransfer(rpc, alice, SOL);
  chain.setFaults({ sending: { kind: "drop" } });
  assert.equal(await send(rpc, dropped), dropped.signature);
  chain.setFaults({ sending: { kind: "late", ms: LONG_MS } });
  const late = await signTransfer(rpc, alice, SOL / 2n);
  const startMs = clock.monotonic();
  await send(rpc, late);
  await waitFor("the late one", async () => (await statusOf(rpc, late)) !== undefined);
  assert.ok(clock.monotonic() - startMs >= LONG_MS);
  assert.equal(await statusOf(rpc, dropped), undefined);
  assert.equal(await bobsLamports(rpc), SOL / 2n);
});

test("a transaction that vanishes is seen as processed, then never again", async (t) => {
  const { chain, rpc } = await startTestChain(t, temporaryDirectory());
  const vanishing = await signTransfer(rpc, await somebody(rpc), SOL);
  chain.setFaults({ sending: { kind: "vanish", ms: LONG_MS } });
  await send(rpc, vanishing);
  assert.equal(await statusOf(rpc, vanishing), "processed");
  await waitFor("its vanishing", async () => (await statusOf(rpc, vanishing)) === undefined);
  assert.equal(await bobsLamports(rpc), 0n);
});

test("a confirmation that comes late hides what has landed long ago", async (t) => {
  const { chain, rpc } = await startTestChain(t, temporaryDirectory());
  const signed = await signTransfer(rpc, await somebody(rpc), SOL);
  chain.setFaults({ unconfirmedMs: LONG_MS });
  const startMs = clock.monotonic();
  await send(rpc, signed);
  await waitFor("the transfer", async () => (await bobsLamports(rpc)) === SOL);
  assert.equal(await statusOf(rpc, signed), undefined);
  await waitFor("its confirmation", async () => (await statusOf(rpc, signed)) !== undefined);
  assert.ok(clock.monotonic() - startMs >= LONG_MS);
});

test("what is no call is refused, and so is one that is too long", async (t) => {
  const { chain } = await startTestChain(t, temporaryDirectory());
  for (const [body, status] of [
    ["{", 400],
    ["[]", 400],
    ['{"jsonrpc":"2.0","id":1}', 400],
    ["x".repeat(1024 * 1024 + 1), 413],
  ] as const) {
    const response = await fetch(chain.rpcUrl, { method: "POST", body });
    assert.equal(response.status, status, body.slice(0, 30));
    await response.body?.cancel();
  }
  const batch = JSON.stringify([1, 2].map((id) => ({ jsonrpc: "2.0", id, method: "getHealth" })));
  const response = await fetch(chain.rpcUrl, { method: "POST", body: batch });
  const answers = (await response.json()) as { id: number; result: string }[];
  assert.deepEqual(
    answers.map(({ id, result }) => [id, result]),
    [
      [1, "ok"],
      [2, "ok"],
    ],
  );
});

// Hints come over a real WebSocket; where it fails they come back, and it is said once.
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { routerPlace } from "@aimo-network/escrow/addresses";
import { named } from "@aimo-network/escrow/test-bed/chain";
import { pino } from "pino";
import type { ChainSettings } from "./chain-settings.ts";
import { createHints, retryDelayMs } from "./hints.ts";
import { HINTS_RETRY_MAX_MS, HINTS_RETRY_MS } from "./limits.ts";
import { openNotices } from "./test-bed/notice-server.ts";

/** Waits for something another process's socket brings about. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setImmediate();
}

function settingsOf(wsUrl: string): ChainSettings {
  return {
    rpcUrls: ["http://nobody.test"],
    publicRpcUrl: undefined,
    wsUrl,
    programAddress: named("program"),
    routerId: named("router"),
    commitment: "confirmed",
    pollMs: 1_000,
    priorityFeeMax: 0n,
  };
}

test("every transaction that names the config is a hint", async () => {
  await using server = await openNotices();
  const clock = manualClock();
  let hints = 0;
  const source = createHints(settingsOf(server.url), { clock, log: pino({ level: "silent" }) });
  source.start(() => (hints += 1));
  await until(() => hints === 1); // once it listens: what happened before has no notice
  const { address } = await routerPlace(settingsOf(server.url));
  assert.deepEqual(server.subscribed, [[{ mentions: [address] }, { commitment: "confirmed" }]]);
  server.notify();
  await until(() => hints === 2);
  server.notify();
  await until(() => hints === 3);
  await source.stop();
  assert.equal(clock.waiting, 0);
});

test("a WebSocket that fails is tried again, and it is said once without its secrets", async () => {
  await using server = await openNotices();
  const clock = manualClock();
  const lines: string[] = [];
  let hints = 0;
  const settings = settingsOf(`${server.url}?api-key=secret`);
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  const source = createHints(settings, { clock, log });
  source.start(() => (hints += 1));
  await until(() => hints === 1);
  server.isClosed = true;
  server.cut();
  await until(() => clock.waiting === 1);
  assert.equal(lines.length, 1);
  assert.doesNotMatch(lines[0]!, /secret/);
  for (const failures of [1, 2, 3]) {
    const before = server.arrivals;
    clock.advance(retryDelayMs(failures) - 1);
    assert.deepEqual([server.arrivals, clock.waiting], [before, 1], "not before its time");
    clock.advance(1);
    await until(() => server.arrivals > before && clock.waiting === 1);
  }
  assert.equal(lines.length, 1);
  server.isClosed = false;
  clock.advance(retryDelayMs(4));
  await until(() => hints === 2);
  assert.equal(lines.length, 2);
  server.notify();
  await until(() => hints === 3);
  await source.stop();
});

test("retries become rarer up to a bound", () => {
  const delays = Array.from({ length: 40 }, (_, index) => retryDelayMs(index + 1));
  assert.deepEqual(delays.slice(0, 3), [HINTS_RETRY_MS, 2 * HINTS_RETRY_MS, 4 * HINTS_RETRY_MS]);
  assert.equal(Math.max(...delays), HINTS_RETRY_MAX_MS);
  assert.equal(delays.at(-1), HINTS_RETRY_MAX_MS);
});

test("hints that have nobody to listen to end all the same", async () => {
  const source = createHints(settingsOf("ws://127.0.0.1:1/"), { clock: manualClock(), log: pino({ level: "silent" }) });
  source.start(() => assert.fail("there is nothing to hint at"));
  await setImmediate();
  await source.stop();
});

// Messages that never become whole: their bytes are counted, and the link that brings one too many closes.
import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { test } from "node:test";
import type { TextPeer } from "../test-bed/text-bench.ts";
import { event, startTextBench } from "../test-bed/text-bench.ts";

const LIMIT_BYTES = 300_000;
const HEAD = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 0, 1, 2, 3, 4]); // of a masked text of 1 MiB

function write({ socket }: TextPeer, bytes: Uint8Array): void {
  (socket as unknown as { _socket: Socket })._socket.write(bytes);
}

test("whole messages leave nothing counted, however many come", async (t) => {
  const bench = await startTextBench(LIMIT_BYTES);
  t.after(() => bench.close());
  const peer = await bench.connect();
  for (let count = 0; count < 50; count += 1) peer.send(event("unknown", "x".repeat(100_000)));
  await peer.settle();
  assert.ok(bench.incomingBytes.usedBytes < 100, "at most the ping that came behind them");
  await bench.leave();
});

test("unfinished messages of all links count together; the one that goes too far is closed, and gives back its own", async (t) => {
  const bench = await startTextBench(LIMIT_BYTES);
  t.after(() => bench.close());
  const [one, other] = [await bench.connect(), await bench.connect()];
  write(one, Buffer.concat([HEAD, Buffer.alloc(200_000)]));
  while (bench.incomingBytes.usedBytes < 200_000) await setImmediate();
  write(other, Buffer.concat([HEAD, Buffer.alloc(LIMIT_BYTES - 200_000)])); // its head is too much
  await Promise.all([other.closed, other.gone]);
  assert.equal(bench.incomingBytes.usedBytes, 200_000 + HEAD.length);
  assert.equal(one.socket.readyState, one.socket.OPEN);
  assert.ok(bench.logLines.some((line) => line.includes("unfinished messages")));
  await bench.leave();
});

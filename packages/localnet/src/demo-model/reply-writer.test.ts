import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";

import { systemClock } from "@aimo-network/protocol/clock";

import { writeParts } from "./reply-writer.ts";

const PARTS = 20_000;
const PART = "x".repeat(10_000);
const MANNER = { paceMs: 0, split: false, bytePaceMs: 0, flush: false };

test("parts are made only as fast as the client reads, and no more once it is gone", async (context) => {
  const server = createServer();
  context.after(() => server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.pause();
  socket.write("GET / HTTP/1.1\r\nhost: demo\r\n\r\n");
  const [, reply] = (await once(server, "request")) as [unknown, ServerResponse];
  const gone = new AbortController();
  reply.once("close", () => gone.abort());
  let made = 0;
  const parts = (function* () {
    for (; made < PARTS; made += 1) yield PART;
  })();
  const written = writeParts(reply, parts, MANNER, systemClock, gone.signal);
  // Without back-pressure all would be made before the first turn of the event loop.
  while (!reply.writableNeedDrain) await turn();
  assert.ok(made < PARTS / 2, `${made} parts`);
  socket.destroy();
  await written;
  assert.ok(made < PARTS / 2, `${made} parts`);
});

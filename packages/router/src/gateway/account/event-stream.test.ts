// A listener that does not keep up is cut before much of its stream waits in memory.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import { LIVE_KEEP_ALIVE_MS, LIVE_UNREAD_BYTES_MAX } from "../../activity/limits.ts";
import type { EventStream } from "./event-stream.ts";
import { openEventStream } from "./event-stream.ts";

describe("a stream of events whose listener does not read", () => {
  const server = createServer();
  let clock: ManualClock;
  let socket: Socket;
  let response: ServerResponse;
  let stream: EventStream;
  beforeEach(async () => {
    clock = manualClock();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    socket.on("error", () => undefined).pause();
    socket.write("GET / HTTP/1.1\r\nhost: test\r\n\r\n");
    [, response] = (await once(server, "request")) as [unknown, ServerResponse];
    stream = openEventStream(clock, response, { "x-request-id": "one", "x-none": undefined });
  });
  afterEach(() => {
    socket.destroy();
    server.close();
    server.closeAllConnections();
  });

  /** Fills what the system itself takes for a client that does not read. */
  const fill = async (): Promise<void> => {
    while (response.writableLength === 0) {
      stream.send("test", "x".repeat(LIVE_UNREAD_BYTES_MAX / 2));
      await setImmediate();
    }
  };

  test("is cut when more waits than may", async () => {
    await fill();
    let held = 0;
    while (!response.destroyed) {
      held = Math.max(held, response.writableLength);
      stream.send("test", "x".repeat(1_000));
    }
    assert.ok(held <= LIVE_UNREAD_BYTES_MAX, `${held} bytes waited`);
    stream.send("test", "more");
    await once(response, "close");
    assert.equal(clock.waiting, 0);
  });

  test("is cut when it has taken nothing between two comments", async () => {
    await fill();
    clock.advance(LIVE_KEEP_ALIVE_MS - 1);
    assert.equal(response.destroyed, false);
    clock.advance(1);
    assert.equal(response.destroyed, true);
  });
});

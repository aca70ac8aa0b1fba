// How a stream's bytes stand on the connection: in chunks that any client can read, few of them, and none where there may be none.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { manualClock } from "@aimo-network/protocol/clock";
import { readAnswerEvent } from "../../providers/answer-event.ts";
import { createByteBudget } from "../../providers/byte-budget.ts";
import { likenessOf, readLikeEvent } from "../../providers/like-events.ts";
import type { ChatStream } from "./chat-stream.ts";
import { createChatStream } from "./chat-stream.ts";

const ENVELOPE = { generationIdJson: '"gen-1"', modelJson: '"a/m"', createdSeconds: 1 };

function textOf(content: string): string {
  return JSON.stringify({ choices: [{ index: 0, delta: { role: "assistant", content } }] });
}

function says(content: string): ReturnType<typeof readAnswerEvent> {
  return readAnswerEvent(textOf(content), "w");
}

/** The data of each chunk of a body. */
function chunksOf(body: Buffer): string[] {
  const chunks: string[] = [];
  for (let at = 0; ;) {
    const lineEnd = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.toString("latin1", at, lineEnd), 16);
    if (size === 0) {
      assert.equal(body.toString("latin1", lineEnd), "\r\n\r\n", "nothing follows the last chunk");
      return chunks;
    }
    chunks.push(body.toString("utf8", lineEnd + 2, lineEnd + 2 + size));
    assert.equal(body.toString("latin1", lineEnd + 2 + size, lineEnd + 4 + size), "\r\n");
    at = lineEnd + 4 + size;
  }
}

describe("the bytes of a stream", () => {
  const server = createServer();
  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });

  const receive = async (version: string, write: (stream: ChatStream) => Promise<void>): Promise<[string, Buffer]> => {
    const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
    const requested = once(server, "request") as Promise<[unknown, ServerResponse]>;
    client.write(`GET / HTTP/${version}\r\nhost: a\r\nconnection: close\r\n\r\n`);
    const [, response] = await requested;
    const pieces: Buffer[] = [];
    client.on("data", (piece: Buffer) => pieces.push(piece));
    const stream = createChatStream(manualClock(), createByteBudget(1_000_000), response, () => ({}));
    await write(stream);
    await once(client, "end");
    const all = Buffer.concat(pieces);
    const bodyAt = all.indexOf("\r\n\r\n") + 4;
    return [all.toString("latin1", 0, bodyAt), all.subarray(bodyAt)];
  };
  const show = (stream: ChatStream, content: string): void => {
    stream.event(says(content), ENVELOPE);
    assert.equal(stream.flush(assert.fail), true);
  };

  test("are chunks as long as they say, whatever characters they have, one for each turn of the event loop", async () => {
    const [head, body] = await receive("1.1", async (stream) => {
      show(stream, "ä");
      show(stream, "€");
      await setImmediate();
      show(stream, "\u{1f600}");
      await setImmediate();
      show(stream, "last");
      stream.end(ENVELOPE, undefined);
    });
    assert.match(head, /\r\ntransfer-encoding: chunked\r\n/i);
    const chunks = chunksOf(body);
    assert.equal(chunks.length, 3);
    for (const [at, words] of [["ä", "€"], ["\u{1f600}"], ["last", "[DONE]"]].entries()) {
      for (const said of words) assert.ok(chunks[at]?.includes(said), said);
    }
  });

  test("are no chunks for a client of HTTP/1.0", async () => {
    const [head, body] = await receive("1.0", async (stream) => {
      show(stream, "ä");
      await setImmediate();
      stream.end(ENVELOPE, undefined);
    });
    assert.doesNotMatch(head, /transfer-encoding/i);
    assert.match(body.toString(), /^data: \{[^\n]*"content":"ä"[^\n]*\}\n\ndata: \[DONE\]\n\n$/);
  });

  test("are the same whether an event was read alone or by its likeness to another", async () => {
    const common = likenessOf(says("first")) ?? assert.fail("none");
    const words = ["one", "two", "\u{1f600}"];
    const write = (read: (content: string) => ReturnType<typeof says>): Promise<[string, Buffer]> =>
      receive("1.1", (stream) => {
        for (const said of words) stream.event(read(said), ENVELOPE);
        stream.end(ENVELOPE, undefined);
        return Promise.resolve();
      });
    const [, alone] = await write(says);
    const [, alike] = await write((said) => readLikeEvent(textOf(said), common) ?? assert.fail("none"));
    assert.deepEqual(chunksOf(alike), chunksOf(alone));
  });
});

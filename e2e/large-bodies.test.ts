// Large request bodies through router and proxy: the model API gets them byte for byte, in one piece.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import type { IncomingHttpHeaders, Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import type { Network } from "./network.ts";
import { startNetwork } from "./network.ts";

const IMAGE_BYTES = 30 * 1024 * 1024;
const MODEL = "listens";
const ANSWER = JSON.stringify({
  choices: [{ index: 0, message: { role: "assistant", content: "seen" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly bytes: number;
  readonly sha256: string;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Base64 of which no part is like another, so that no piece can stand in another's place. */
function imageOf(bytes: number): string {
  const counts = new Uint32Array((bytes / 4) * (3 / 4));
  for (let index = 0; index < counts.length; index += 1) counts[index] = Math.imul(index, 0x9e3779b1);
  return Buffer.from(counts.buffer).toString("base64");
}

describe("a request of 30 MiB", () => {
  let network: Network;
  let upstream: Server;
  const received: Received[] = [];

  before(async () => {
    upstream = createServer((request, response) => {
      const hash = createHash("sha256");
      let bytes = 0;
      request.on("data", (piece: Buffer) => {
        hash.update(piece);
        bytes += piece.length;
      });
      request.on("end", () => {
        received.push({ headers: request.headers, bytes, sha256: hash.digest("hex") });
        response.writeHead(200, { "content-type": "application/json" }).end(ANSWER);
      });
    });
    upstream.listen(0, "127.0.0.1");
    await once(upstream, "listening");
    network = await startNetwork({ withProvider: false });
    const upstreamUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`;
    await network.startProvider({ models: [{ name: MODEL, model: "upstream-name" }], upstreamUrl });
  });
  after(async () => {
    await network.stop();
    upstream.closeAllConnections();
    upstream.close();
  });

  const send = async (body: string, isChunked = false): Promise<void> => {
    const response = await fetch(`${network.file.router_url}/api/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${network.file.user.api_key}`, "content-type": "application/json" },
      body: isChunked ? ReadableStream.from([Buffer.from(body)]) : body,
      duplex: "half",
    });
    assert.equal(response.status, 200, await response.text());
  };
  const expectLast = (body: string): void => {
    const last = received.at(-1);
    assert.deepEqual([last?.bytes, last?.sha256], [Buffer.byteLength(body), sha256(body)]);
    assert.equal(last?.headers["content-length"], String(Buffer.byteLength(body)));
    assert.equal(last.headers["transfer-encoding"], undefined);
  };

  for (const isChunked of [false, true]) {
    test(`with an image reaches the model API byte for byte, ${isChunked ? "also when it comes in chunks" : "with its length"}`, async () => {
      const part = JSON.stringify({
        type: "image_url",
        image_url: { url: `data:image/png;base64,${imageOf(IMAGE_BYTES)}` },
      });
      const messages = `"messages": [ {"role":"user", "content":[{"type":"text","text":"caf\u00e9 \ud83d\ude42"}, ${part}]} ]`;
      await send(`{ ${messages}, "usage":{"include":true}, "model":"test/${MODEL}", "seed": 1.0 }`, isChunked);
      expectLast(`{"model":"upstream-name","max_tokens":4096,${messages},"seed": 1.0}`);
    });
  }

  test("of many images and long words in every script reaches the model API byte for byte", async () => {
    const image = imageOf(4 * 1024 * 1024);
    const words = ["Hello, you. ", "Zeile\n", "\u00e9t\u00e9 ", 'h"h'].map((word) => word.repeat(100_000));
    const content = [
      ...words.map((text) => ({ type: "text", text })),
      ...[0, 1, 2, 3, 4].map((from) => ({
        type: "image_url",
        image_url: { url: `data:image/png;base64,${image.slice(from * 4)}` },
      })),
    ];
    const messages = `"messages":${JSON.stringify([{ role: "user", content }])}`;
    await send(`{"model":"test/${MODEL}",${messages}}`);
    expectLast(`{"model":"upstream-name","max_tokens":4096,${messages}}`);
  });
});

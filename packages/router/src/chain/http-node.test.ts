// One node over real HTTP: bounded, without detours, and patient as it asks.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { createSolanaRpcFromTransport } from "@solana/kit";
import type { Address, RpcTransport } from "@solana/kit";
import { NodeRefusal, createHttpNode } from "./http-node.ts";

const SOMEBODY = "SysvarC1ock11111111111111111111111111111111" as Address;

async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret`;
}

function ask(transport: RpcTransport): Promise<unknown> {
  return transport({ payload: { jsonrpc: "2.0", id: "1", method: "getSlot" } });
}

test("slots of a call are written as numbers, and what comes back is read as bigints", async (t) => {
  let body: unknown;
  const url = await serve(t, (request, response) => {
    void text(request).then((words) => {
      body = JSON.parse(words);
      const result = { context: { slot: 9_007_199_254_740_991 }, value: [null] };
      response.end(JSON.stringify({ jsonrpc: "2.0", id: (body as { id: string }).id, result }));
    });
  });
  const rpc = createSolanaRpcFromTransport(createHttpNode(url));
  const answer = await rpc.getMultipleAccounts([SOMEBODY], { minContextSlot: 123n, encoding: "base64" }).send();
  assert.equal(answer.context.slot, 9_007_199_254_740_991n);
  assert.equal((body as { params: [unknown, { minContextSlot: number }] }).params[1].minContextSlot, 123);
});

for (const [header, restMs] of [
  ["7", 7_000],
  ["soon", undefined],
  [undefined, undefined],
] as const) {
  test(`a node that refuses with retry-after ${header} asks for ${restMs} ms`, async (t) => {
    const url = await serve(t, (_, response) => {
      response.writeHead(429, header === undefined ? {} : { "retry-after": header }).end("too many");
    });
    await assert.rejects(ask(createHttpNode(url)), (error) => {
      assert.ok(error instanceof NodeRefusal);
      assert.equal(error.restMs, restMs);
      assert.match(error.message, /found 429/);
      return true;
    });
  });
}

test("an answer is read up to its limit and no byte further", async (t) => {
  const answer = JSON.stringify({ jsonrpc: "2.0", id: "1", result: 5 });
  const url = await serve(t, (_, response) => void response.end(answer));
  assert.deepEqual(await ask(createHttpNode(url, answer.length)), JSON.parse(answer));
  await assert.rejects(ask(createHttpNode(url, answer.length - 1)), NodeRefusal);
});

test("an endless answer ends at the limit", async (t) => {
  const url = await serve(t, (_, response) => {
    const more = (): void => {
      if (!response.destroyed) response.write("x".repeat(16_384), more);
    };
    more();
  });
  await assert.rejects(ask(createHttpNode(url, 1_000_000)), NodeRefusal);
});

test("no other place is told what was meant for a node", async (t) => {
  const elsewhere = await serve(t, (_, response) => void response.end("{}"));
  const url = await serve(t, (_, response) => void response.writeHead(307, { location: elsewhere }).end());
  await assert.rejects(ask(createHttpNode(url)), TypeError);
});

test("a call that is given up ends", async (t) => {
  const leaving = new AbortController();
  const url = await serve(t, () => leaving.abort(new Error("left")));
  await assert.rejects(createHttpNode(url)({ payload: {}, signal: leaving.signal }), /left/);
});

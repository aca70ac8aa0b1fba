// A node of the router's own chain is taken; one of another, or that is none, is told of.
import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { insistNetwork, networkOfNode } from "./node-network.ts";

const MAINNET = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d";
const NETWORK = "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp";
const URL_OF_NODE = "https://rpc.example/key";

function asking(answer: () => Response | Promise<Response>): Parameters<typeof networkOfNode>[0] {
  return { clock: manualClock(), fetch: () => Promise.resolve().then(answer) };
}
const json = (body: unknown, status = 200): Response => Response.json(body, { status });

test("a node says its chain by its genesis hash", async () => {
  const node = asking(() => json({ jsonrpc: "2.0", id: 1, result: MAINNET }));
  assert.equal(await networkOfNode(node, URL_OF_NODE), NETWORK);
  await insistNetwork(node, URL_OF_NODE, NETWORK);
  await insistNetwork(node, URL_OF_NODE, undefined);
  await assert.rejects(
    insistNetwork(node, URL_OF_NODE, "solana:other"),
    /rpc\.example is of mainnet; this router is on the chain other…/,
  );
});

for (const [what, answer, words] of [
  ["a status", () => json({}, 403), /answered with status 403/],
  ["another JSON", () => json({ result: 1 }), /does not answer as one does/],
  ["an error", () => json({ error: { message: "x" } }), /does not answer as one does/],
  ["no JSON", () => new Response("<html>"), /does not answer as one does/],
  ["null", () => json(null), /does not answer as one does/],
  ["nothing", () => Promise.reject(new TypeError("fetch failed")), /does not answer as one does/],
] as const) {
  test(`a node that answers with ${what} is none, and its key is in no error`, async () => {
    await assert.rejects(networkOfNode(asking(answer), URL_OF_NODE), (error: Error) => {
      assert.match(error.message, words);
      assert.doesNotMatch(error.message, /key/);
      return true;
    });
  });
}

test("a node that says nothing is not waited for", async () => {
  const clock = manualClock();
  const asked = networkOfNode({ clock, fetch: () => new Promise(() => undefined) }, URL_OF_NODE);
  clock.advance(15_000);
  await assert.rejects(asked, /did not answer within 15 seconds/);
});

// Which node is asked, and how long it may take.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { dirname } from "node:path";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import { fetchSnapshot } from "@aimo-network/escrow/accounts/fetch-accounts";
import { manualClock } from "@aimo-network/protocol/clock";
import type { Address } from "@solana/kit";
import { NODE_ANSWER_BYTES_MAX, NODE_ANSWER_MS } from "../limits.ts";
import { solanaConfigFile } from "../settings/places.ts";
import { faultOf, openReadingBed } from "../test-bed/reading-bed.ts";
import { askNode, openNode, wantedNode } from "./solana-node.ts";
import { serve } from "../test-bed/serve.ts";

const MAINNET = "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp";
const DEVNET = "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1";

function configure(home: string, url: string): void {
  const file = solanaConfigFile({ HOME: home });
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `---\njson_rpc_url: "${url}"\nwebsocket_url: ""\n`);
}

describe("the node that is asked", () => {
  test("is the option's, the variable's, the one used before, Solana's own, and the router's cluster's, in this order", (t) => {
    const { context, home } = openReadingBed(t);
    assert.equal(wantedNode(context, undefined, MAINNET), "https://api.mainnet-beta.solana.com");
    assert.equal(wantedNode(context, undefined, DEVNET), "https://api.devnet.solana.com");
    configure(home, "https://solana.example");
    assert.equal(wantedNode(context, undefined, DEVNET), "https://solana.example");
    assert.equal(wantedNode(context, "https://before.example", DEVNET), "https://before.example");
    const named = { ...context, environment: { ...context.environment, AIMO_RPC_URL: "https://named.example" } };
    assert.equal(wantedNode(named, "https://before.example"), "https://named.example");
    const typed = { ...named, options: { ...named.options, rpcUrl: "https://typed.example" } };
    assert.equal(wantedNode(typed, "https://before.example"), "https://typed.example");
  });

  test("is not everybody's node of another cluster, though Solana's own settings have it", (t) => {
    const { context, home } = openReadingBed(t);
    configure(home, "https://api.mainnet-beta.solana.com");
    assert.equal(wantedNode(context, undefined, DEVNET), "https://api.devnet.solana.com");
    assert.equal(wantedNode(context, undefined, MAINNET), "https://api.mainnet-beta.solana.com");
    assert.equal(wantedNode(context, undefined, "solana:local"), "https://api.mainnet-beta.solana.com");
  });

  test("has to be named for a chain that is nobody's", async (t) => {
    const { context } = openReadingBed(t);
    const fault = await faultOf(Promise.resolve().then(() => wantedNode(context, undefined, "solana:local")));
    assert.deepEqual([fault.what, fault.reason], ["Which Solana node?", "usage"]);
  });
});

/** A node that answers when a test says so. */
async function startSlowNode(t: TestContext): Promise<{ url: string; asked: Promise<ServerResponse> }> {
  const asked = Promise.withResolvers<ServerResponse>();
  const url = await serve(t, (request, response) => {
    request.resume();
    asked.resolve(response);
  });
  return { url, asked: asked.promise };
}

describe("a node", () => {
  test("is waited for until its time has passed, and not longer", async (t) => {
    for (const isLate of [false, true]) {
      const clock = manualClock();
      const { url, asked } = await startSlowNode(t);
      const { context } = openReadingBed(t, { clock });
      const slot = openNode(`${url}/secret?key=secret`, context).rpc.getSlot().send();
      const fault = isLate ? faultOf(slot) : undefined;
      const response = await asked;
      clock.advance(NODE_ANSWER_MS - 1);
      if (isLate) clock.advance(1);
      else response.end('{"jsonrpc":"2.0","id":"1","result":7}');
      const { what, why } = (await fault) ?? {};
      if (isLate) {
        assert.equal(what, `Cannot reach the Solana node at ${url}.`);
        assert.match(why ?? "", /did not answer in time/);
      } else {
        assert.equal(await slot, 7n);
      }
      assert.equal(clock.waiting, 0);
    }
  });

  test("that is busy, or wants a key, is told by its status, and its address by no more than its origin", async (t) => {
    for (const [status, words] of [
      [429, /too many already/],
      [403, /status 403/],
    ] as const) {
      const { url, asked } = await startSlowNode(t);
      const slot = faultOf(openNode(`${url}/secret?key=secret`, openReadingBed(t).context).rpc.getSlot().send());
      (await asked).writeHead(status).end("{}");
      const fault = await slot;
      assert.match(fault.why ?? "", words);
      assert.doesNotMatch(JSON.stringify(fault), /secret/);
    }
  });

  test("that answers something else, or without end, is told as that, and nothing of it is kept", async (t) => {
    for (const answer of ["<!doctype html>", "null", "5", '{"jsonrpc":"2.0","id":"1","result":null}', "{}"]) {
      const { url, asked } = await startSlowNode(t);
      const node = openNode(url, openReadingBed(t).context);
      const reading = askNode(node, fetchSnapshot(node.rpc, ["11111111111111111111111111111111" as Address]));
      const fault = faultOf(reading);
      (await asked).end(answer);
      assert.deepEqual([(await fault).code, (await fault).reason], ["no_node", "unreachable"], answer);
      assert.match((await fault).what, /is no Solana node/);
    }
    const { url, asked } = await startSlowNode(t);
    const slot = faultOf(openNode(url, openReadingBed(t).context).rpc.getSlot().send());
    const response = await asked;
    let bytes = 0;
    const piece = Buffer.alloc(1024 * 1024, "1");
    const go = (): void => {
      while (!response.destroyed) {
        bytes += piece.length;
        if (!response.write(piece)) return void response.once("drain", go);
      }
    };
    go();
    assert.match((await slot).what, /too long to be one/);
    assert.ok(bytes < NODE_ANSWER_BYTES_MAX * 2, String(bytes));
  });

  test("answers with every digit", async (t) => {
    const { url, asked } = await startSlowNode(t);
    const answer = openNode(url, openReadingBed(t).context).rpc.getSlot({ minContextSlot: 7n }).send();
    (await asked).end('{"jsonrpc":"2.0","id":"1","result":18446744073709551614}');
    assert.equal(await answer, 18_446_744_073_709_551_614n);
  });

  test("is left with Ctrl-C", async (t) => {
    const interruption = new AbortController();
    const { url, asked } = await startSlowNode(t);
    const { context } = openReadingBed(t, { interrupted: interruption.signal });
    const slot = faultOf(openNode(url, context).rpc.getSlot().send());
    await asked;
    interruption.abort();
    assert.equal((await slot).reason, "interrupted");
  });
});

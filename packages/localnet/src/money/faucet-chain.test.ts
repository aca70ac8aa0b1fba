import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock as clock } from "@aimo-network/protocol/clock";
import { getTransferSolInstruction } from "@solana-program/system";
import { BOB, SOL, bobsLamports, somebody, startTestChain, temporaryDirectory } from "../test-bed/chain-bed.ts";
import { connectFaucet } from "./faucet-chain.ts";

test("what two starts of a network send is never one transaction, however equal it is", async (t) => {
  const slotMs = 400; // long enough for both to find the same blockhash
  const { chain, rpc } = await startTestChain(t, temporaryDirectory(), { slotMs });
  const faucet = await somebody(rpc);
  const starts = [1, 2].map(() => connectFaucet(clock, chain.rpcUrl, faucet));
  const transfer = getTransferSolInstruction({ source: faucet, destination: BOB, amount: SOL });
  await Promise.all(starts.map((start) => start.send([transfer])));
  assert.equal(await bobsLamports(rpc), 2n * SOL);
});

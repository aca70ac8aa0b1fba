import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { sleep, systemClock as clock } from "@aimo-network/protocol/clock";
import {
  address,
  appendTransactionMessageInstruction,
  createSolanaRpc,
  createTransactionMessage,
  devnet,
  generateKeyPairSigner,
  getBase64EncodedWireTransaction,
  getSignatureFromTransaction,
  isSolanaError,
  lamports,
  pipe,
  SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
} from "@solana/kit";
import type { Address, Base64EncodedWireTransaction, KeyPairSigner } from "@solana/kit";
import { getTransferSolInstruction } from "@solana-program/system";
import type { Chain } from "./chain.ts";
import { startChain } from "./chain.ts";

const SLOT_MS = 20;
const CONFIRMED_MS_MAX = 5_000;
const SOL = 1_000_000_000n;
const BOB = address("GgRee8yRGwjVryDHhWKDGMCeJzeSp5robYNFEcQpCDRS");

type Rpc = ReturnType<typeof connectTo>;

/** A client that may also ask for airdrops, as a faucet's may. */
function connectTo(url: string) {
  return createSolanaRpc(devnet(url));
}

async function freePair(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const found = server.address();
  await new Promise((resolve) => server.close(resolve));
  assert(typeof found === "object" && found !== null);
  return found.port;
}

async function start(t: TestContext, dataDirectory: string): Promise<{ chain: Chain; rpc: Rpc }> {
  const chain = await startChain({ port: await freePair(), dataDirectory, clock, slotMs: SLOT_MS });
  t.after(() => chain.close().catch(() => undefined));
  return { chain, rpc: connectTo(chain.rpcUrl) };
}

function directory(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "aimo-chain-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function transfer(
  rpc: Rpc,
  from: KeyPairSigner,
  to: Address,
  amount: bigint,
): Promise<{ wire: Base64EncodedWireTransaction; signature: ReturnType<typeof getSignatureFromTransaction> }> {
  const { value: lifetime } = await rpc.getLatestBlockhash().send();
  const message = pipe(
    createTransactionMessage({ version: 0 }),
    (draft) => setTransactionMessageFeePayerSigner(from, draft),
    (draft) => setTransactionMessageLifetimeUsingBlockhash(lifetime, draft),
    (draft) =>
      appendTransactionMessageInstruction(getTransferSolInstruction({ source: from, destination: to, amount }), draft),
  );
  const signed = await signTransactionMessageWithSigners(message);
  return { wire: getBase64EncodedWireTransaction(signed), signature: getSignatureFromTransaction(signed) };
}

async function confirmed(rpc: Rpc, signature: ReturnType<typeof getSignatureFromTransaction>): Promise<boolean> {
  const { value } = await rpc.getSignatureStatuses([signature]).send();
  return value[0] !== null;
}

async function waitFor(what: string, isThere: () => Promise<boolean>): Promise<void> {
  const giveUpMs = clock.monotonic() + CONFIRMED_MS_MAX;
  while (!(await isThere())) {
    assert.ok(clock.monotonic() < giveUpMs, `never: ${what}`);
    await sleep(clock, 10);
  }
}

test("a chain that starts again has the accounts it had, later slots, and refuses what it executed", async (t) => {
  const dataDirectory = directory(t);
  const alice = await generateKeyPairSigner();
  const first = await start(t, dataDirectory);
  await first.rpc.requestAirdrop(alice.address, lamports(5n * SOL)).send();
  await waitFor("the airdrop", async () => (await first.rpc.getBalance(alice.address).send()).value > 0n);
  const { wire, signature } = await transfer(first.rpc, alice, BOB, SOL);
  await first.rpc.sendTransaction(wire, { encoding: "base64" }).send();
  await waitFor("the transfer", () => confirmed(first.rpc, signature));
  const slotBefore = await first.rpc.getSlot({ commitment: "processed" }).send();
  await first.chain.close();

  const second = await start(t, dataDirectory);
  assert.equal((await second.rpc.getBalance(BOB).send()).value, SOL);
  assert.equal((await second.rpc.getBalance(alice.address).send()).value, 4n * SOL - 5_000n);
  assert.ok((await second.rpc.getSlot({ commitment: "processed" }).send()) > slotBefore);
  await assert.rejects(second.rpc.sendTransaction(wire, { encoding: "base64", skipPreflight: true }).send(), (error) =>
    isSolanaError(error, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE),
  );
  await sleep(clock, 5 * SLOT_MS);
  assert.equal((await second.rpc.getBalance(BOB).send()).value, SOL);
});

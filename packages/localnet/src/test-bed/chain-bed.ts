// A chain of a test's own with short slots, a client for it, and people who have SOL.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
  lamports,
  pipe,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
} from "@solana/kit";
import type {
  Base64EncodedWireTransaction,
  KeyPairSigner,
  RpcDevnet,
  Signature,
  SolanaRpcApiDevnet,
} from "@solana/kit";
import { getTransferSolInstruction } from "@solana-program/system";
import type { Chain, ChainOptions } from "../chain/chain.ts";
import { startChain } from "../chain/chain.ts";
import { HOST } from "../chain/rpc-door.ts";
import { findFreePort } from "../free-port.ts";

/** Twenty times as fast as Solana: what is counted in slots takes seconds. */
export const SLOT_MS = 20;
export const SOL = 1_000_000_000n;
/** Somebody who only receives. */
export const BOB = address("GgRee8yRGwjVryDHhWKDGMCeJzeSp5robYNFEcQpCDRS");
const WAIT_MS_MAX = 10_000;

/** A client that may also ask for airdrops. */
export type ChainRpc = RpcDevnet<SolanaRpcApiDevnet>;

/** A transaction that is signed, and its signature. */
export interface Signed {
  readonly wire: Base64EncodedWireTransaction;
  readonly signature: Signature;
}

const directories: string[] = [];
process.once("exit", () => {
  for (const path of directories) rmSync(path, { recursive: true, force: true });
});

/** A folder that goes with the test's process: chains still write into it when their test is over. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), "aimo-chain-"));
  directories.push(path);
  return path;
}

/** A client for the chain at `url`. */
export function connectTo(url: string): ChainRpc {
  return createSolanaRpc(devnet(url));
}

/** Starts a chain on what is in the directory. */
export async function startTestChain(
  t: TestContext,
  dataDirectory: string,
  more: Pick<ChainOptions, "programs" | "slotMs"> = {},
): Promise<{ chain: Chain; rpc: ChainRpc }> {
  const port = await findFreePort(0, HOST, 2);
  const chain = await startChain({ port, dataDirectory, clock, slotMs: SLOT_MS, ...more });
  t.after(() => chain.close());
  return { chain, rpc: connectTo(chain.rpcUrl) };
}

/** Waits until something is so, and says what never was. */
export async function waitFor(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const giveUpMs = clock.monotonic() + WAIT_MS_MAX;
  while (!(await isSo())) {
    assert.ok(clock.monotonic() < giveUpMs, `never: ${what}`);
    await sleep(clock, 10);
  }
}

/** Somebody new with 5 SOL. */
export async function somebody(rpc: ChainRpc): Promise<KeyPairSigner> {
  const signer = await generateKeyPairSigner();
  await rpc.requestAirdrop(signer.address, lamports(5n * SOL)).send();
  await waitFor("the airdrop", async () => (await rpc.getBalance(signer.address).send()).value > 0n);
  return signer;
}

/** A signed transfer of SOL to Bob that is not sent yet. */
export async function signTransfer(rpc: ChainRpc, from: KeyPairSigner, amount: bigint): Promise<Signed> {
  const { value: lifetime } = await rpc.getLatestBlockhash().send();
  const signed = await pipe(
    createTransactionMessage({ version: 0 }),
    (draft) => setTransactionMessageFeePayerSigner(from, draft),
    (draft) => setTransactionMessageLifetimeUsingBlockhash(lifetime, draft),
    (draft) => {
      const instruction = getTransferSolInstruction({ source: from, destination: BOB, amount });
      return appendTransactionMessageInstruction(instruction, draft);
    },
    (draft) => signTransactionMessageWithSigners(draft),
  );
  return { wire: getBase64EncodedWireTransaction(signed), signature: getSignatureFromTransaction(signed) };
}

/** Sends what was signed. */
export function send(rpc: ChainRpc, { wire }: Signed): Promise<Signature> {
  return rpc.sendTransaction(wire, { encoding: "base64", skipPreflight: true }).send();
}

/** What the chain says of a signature: processed, confirmed or finalized; undefined where it has never heard of it. */
export async function statusOf(rpc: ChainRpc, { signature }: Signed): Promise<string | undefined> {
  const { value } = await rpc.getSignatureStatuses([signature]).send();
  return value[0]?.confirmationStatus ?? undefined;
}

/** What Bob has. */
export async function bobsLamports(rpc: ChainRpc): Promise<bigint> {
  return (await rpc.getBalance(BOB, { commitment: "processed" }).send()).value;
}

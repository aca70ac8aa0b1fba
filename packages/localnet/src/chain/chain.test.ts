import assert from "node:assert/strict";
import { test } from "node:test";
import { sleep, systemClock as clock } from "@aimo-network/protocol/clock";
import { associatedTokenAddress } from "@aimo-network/escrow/addresses";
import {
  createSolanaRpcSubscriptions,
  generateKeyPairSigner,
  isSolanaError,
  SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE as PREFLIGHT_FAILURE,
} from "@solana/kit";
import {
  Connection,
  Keypair,
  LAMPORTS_PER_SOL,
  PublicKey,
  sendAndConfirmTransaction,
  SystemProgram,
  Transaction,
} from "@solana/web3.js";
import { startChild } from "../child-process.ts";
import {
  BOB,
  SLOT_MS,
  SOL,
  bobsLamports,
  connectTo,
  send,
  signTransfer,
  somebody,
  startTestChain,
  statusOf,
  temporaryDirectory,
  waitFor,
} from "../test-bed/chain-bed.ts";
import { callRpc } from "./rpc-call.ts";

const FEE = 5_000n;

test("a chain that starts again has the accounts it had, later slots, and refuses what it executed", async (t) => {
  const directory = temporaryDirectory();
  const first = await startTestChain(t, directory);
  const alice = await somebody(first.rpc);
  const signed = await signTransfer(first.rpc, alice, SOL);
  await send(first.rpc, signed);
  await waitFor("the transfer", async () => (await statusOf(first.rpc, signed)) !== undefined);
  const slotBefore = await first.rpc.getSlot({ commitment: "processed" }).send();
  await first.chain.close();

  const second = await startTestChain(t, directory);
  assert.equal(await bobsLamports(second.rpc), SOL);
  assert.equal((await second.rpc.getBalance(alice.address).send()).value, 4n * SOL - FEE);
  assert.ok((await second.rpc.getSlot({ commitment: "processed" }).send()) > slotBefore);
  await assert.rejects(send(second.rpc, signed), (error) => isSolanaError(error, PREFLIGHT_FAILURE));
  await sleep(clock, 5 * SLOT_MS);
  assert.equal(await bobsLamports(second.rpc), SOL);
});

test("a chain goes on for as long as it is there: the engine stands still after a thousand slots where nobody listens to it", async (t) => {
  const { rpc } = await startTestChain(t, temporaryDirectory(), { slotMs: 2 });
  const slot = async (): Promise<bigint> => rpc.getSlot({ commitment: "processed" }).send();
  await waitFor("the slot 1,300", async () => (await slot()) > 1_300n);
  const before = await slot();
  await waitFor("later slots", async () => (await slot()) > before + 100n);
});

test("a chain that is killed goes on with everything that anybody saw", async (t) => {
  const directory = temporaryDirectory();
  const program = {
    name: "chain",
    entry: new URL("./main.ts", import.meta.url),
    arguments: ["--port", "0", "--data-dir", directory, "--slot-ms", String(SLOT_MS)],
  };
  const child = startChild(clock, program, process.env, () => undefined);
  t.after(() => child.kill());
  const { rpcUrl } = await child.firstLine((line) =>
    line.startsWith("{") ? (JSON.parse(line) as { rpcUrl: string }) : undefined,
  );
  const rpc = connectTo(rpcUrl);
  const alice = await somebody(rpc);
  let seen = 0n;
  for (let count = 1n; count <= 20n; count += 1n) {
    await send(rpc, await signTransfer(rpc, alice, SOL / 100n + count));
    if (count % 4n === 0n) await sleep(clock, SLOT_MS);
    seen = await bobsLamports(rpc);
  }
  await child.kill();

  const { rpc: after } = await startTestChain(t, directory);
  assert.ok(seen > 0n);
  assert.ok((await bobsLamports(after)) >= seen);
});

test("tokens that a faucet gave out of nothing are there when the chain starts again", async (t) => {
  const directory = temporaryDirectory();
  const first = await startTestChain(t, directory);
  const { address: mint } = await generateKeyPairSigner();
  await callRpc(first.chain.rpcUrl, "surfnet_setTokenAccount", [BOB, mint, { amount: 5_000_000 }]);
  const account = await associatedTokenAddress({ owner: BOB, mint });
  const held = async ({ rpc }: typeof first): Promise<unknown> =>
    (await rpc.getAccountInfo(account, { commitment: "confirmed", encoding: "base64" }).send()).value?.data;
  const before = await held(first);
  assert.ok(before !== undefined);
  await first.chain.close();
  assert.deepEqual(await held(await startTestChain(t, directory)), before);
});

test("clients of both generations confirm transactions over WebSockets, one port higher", async (t) => {
  const { chain, rpc } = await startTestChain(t, temporaryDirectory());
  const connection = new Connection(chain.rpcUrl, "confirmed");
  const alice = Keypair.generate();
  await connection.confirmTransaction({
    signature: await connection.requestAirdrop(alice.publicKey, LAMPORTS_PER_SOL),
    ...(await connection.getLatestBlockhash()),
  });
  const transfer = SystemProgram.transfer({
    fromPubkey: alice.publicKey,
    toPubkey: new PublicKey(BOB),
    lamports: LAMPORTS_PER_SOL / 2,
  });
  await sendAndConfirmTransaction(connection, new Transaction().add(transfer), [alice]);
  assert.equal(await bobsLamports(rpc), SOL / 2n);

  const stop = new AbortController();
  const subscriptions = createSolanaRpcSubscriptions(chain.wsUrl);
  const slots = await subscriptions.slotNotifications().subscribe({ abortSignal: stop.signal });
  for await (const { slot } of slots) {
    assert.ok(slot > 0n);
    break;
  }
  stop.abort();
});

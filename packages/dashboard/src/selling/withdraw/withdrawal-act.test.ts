import assert from "node:assert/strict";
import { test } from "node:test";
import { routerPlace } from "@aimo-network/escrow/addresses";
import { microUsdc } from "@aimo-network/protocol/money";
import { address, createSolanaRpcFromTransport } from "@solana/kit";
import { ApiFault } from "../../api/api-fault.ts";
import type { Chain } from "../../signing/chain-place.ts";
import { madeWithdrawal } from "../test-bed/made-answers.ts";
import { withdrawalAct } from "./withdrawal-act.ts";
import type { WithdrawalDesk } from "./withdrawal-desk.ts";

const WALLET = "5GWcEtsiffewj3u49QNsJH4QnMnaDxUuV7xJYJsmW1KB";
const ROUTER_ID = address("Dve8wnM3Vrgu4c5XAgszySjiPSymBWx5d1mkwD9WhcoN");
const AMOUNT = microUsdc(1_500_000n);
const SIGNED = madeWithdrawal({ state: "router-signed", transaction: "AQID", last_valid_block_height: 321 });

/** A chain whose node is away. */
async function awayChain(): Promise<Chain> {
  const programAddress = address("E9W5PwPWpfPdMgE3AEimTTZuRrkxCKnn6CCGvq68q273");
  return {
    rpc: createSolanaRpcFromTransport(() => Promise.reject(new Error("away"))),
    rpcUrl: "http://127.0.0.1:1",
    place: await routerPlace({ programAddress, routerId: ROUTER_ID }),
    mint: address("DwUeSFD7wvSBGvRA4KwFya1EdwbjFvNfZK6HoSTEbJLf"),
    vault: address("HCcZrhoMcNbieEa6oJgPWSwHEVyZvHC7gudmuDZqNoJ8"),
    cluster: undefined,
    routerId: ROUTER_ID,
    name: "localnet",
    url: "http://127.0.0.1:1",
  };
}

const desk = (more: Partial<WithdrawalDesk>): WithdrawalDesk => ({
  ask: () => Promise.resolve(SIGNED),
  submit: () => Promise.resolve({ signature: "5x" }),
  ...more,
});

test("what the router signed is held against the amount and the wallet that asked, also while no node answers; when it ends is not the router's to say", async () => {
  const act = withdrawalAct(WALLET, AMOUNT, desk({}));
  const { bytes, wish, lastValidBlockHeight } = await act.make(await awayChain());
  assert.equal(act.title, "Withdraw 1.5 USDC");
  assert.deepEqual([[...bytes], lastValidBlockHeight], [[1, 2, 3], undefined]);
  const [instruction, ...more] = wish.instructions;
  assert.equal(more.length, 0);
  assert.equal(instruction?.name, "withdraw_provider");
  assert.equal(instruction.accounts["owner"], WALLET);
  assert.deepEqual(instruction.data, { amount: 1_500_000n });
});

test("what the wallet has signed is handed in as the withdrawal that was asked for last", async () => {
  const handedIn: string[] = [];
  const ids = ["first", "second"];
  const act = withdrawalAct(
    WALLET,
    AMOUNT,
    desk({
      ask: () => Promise.resolve({ ...SIGNED, id: ids.shift() ?? "" }),
      submit(id, transaction) {
        handedIn.push(`${id} ${transaction}`);
        return Promise.resolve({ signature: "5x" });
      },
    }),
  );
  const chain = await awayChain();
  await act.make(chain);
  await act.make(chain);
  assert.deepEqual(await act.submit?.(new Uint8Array([255])), { signature: "5x" });
  assert.deepEqual(handedIn, ["second /w=="]);
});

test("another open withdrawal, and one that the router has not signed, are told in words", async () => {
  const chain = await awayChain();
  const fault = new ApiFault(409, { error: { message: "open", metadata: { error_code: "withdrawal_open" } } });
  const open = withdrawalAct(WALLET, AMOUNT, desk({ ask: () => Promise.reject(fault) }));
  await assert.rejects(open.make(chain), /Another withdrawal is open/);
  const unsigned = withdrawalAct(WALLET, AMOUNT, desk({ ask: () => Promise.resolve(madeWithdrawal()) }));
  await assert.rejects(unsigned.make(chain), /has not signed the withdrawal/);
  const paused = new ApiFault(503, { error: { message: "Paused.", metadata: { error_code: "paused" } } });
  await assert.rejects(withdrawalAct(WALLET, AMOUNT, desk({ ask: () => Promise.reject(paused) })).make(chain), paused);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { associatedTokenAddress } from "@aimo-network/escrow/addresses";
import { DAY } from "@aimo-network/escrow/program-bounds";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { parseMicroUsdc } from "@aimo-network/protocol/money";
import { fetchToken } from "@solana-program/token";
import { BOB, SOL } from "../test-bed/chain-bed.ts";
import { newWallet, startTestMoney } from "../test-bed/money-bed.ts";
import { depositOnce } from "./demo-deposit.ts";
import { walletSigner } from "@aimo-network/escrow/wallet-signer";

const usdc = (text: string): MicroUsdc => parseMicroUsdc(text);

test("the faucet gives SOL and USDC to any address, as often as it is asked", async (t) => {
  const { rpc, money } = await startTestMoney(t);
  await money.faucet.give(BOB, { usdc: usdc("2.5") });
  await money.faucet.give(BOB, { usdc: usdc("2.5"), lamports: 3n * SOL });
  const { data } = await fetchToken(rpc, await associatedTokenAddress({ owner: BOB, mint: money.mint }));
  assert.deepEqual([data.amount, data.owner, data.mint], [usdc("5"), BOB, money.mint]);
  assert.equal((await rpc.getBalance(BOB).send()).value, 3n * SOL);
});

test("a wallet is funded and has deposited in one transaction, which it signed", async (t) => {
  const { money } = await startTestMoney(t);
  const wallet = newWallet();
  const user = walletSigner(wallet).address;
  await money.faucet.fund(wallet, { lamports: SOL, usdc: usdc("7"), deposit: usdc("5") });
  const { escrow, tokens, now } = await money.faucet.look(user);
  assert.ok(escrow !== undefined);
  assert.deepEqual([escrow.data.user, escrow.data.rentPayer], [user, user]);
  assert.deepEqual([escrow.data.depositedTotal, escrow.data.allowTotal], [usdc("5"), usdc("5")]);
  assert.equal(tokens.token?.amount, usdc("2"));
  const lasts = escrow.data.allowExpiresAt - now.time;
  assert.ok(lasts > 364n * DAY && lasts <= 365n * DAY);
});

test("a second deposit may be spent too", async (t) => {
  const { money } = await startTestMoney(t);
  const wallet = newWallet();
  await money.faucet.fund(wallet, { lamports: SOL, usdc: usdc("7"), deposit: usdc("5") });
  await money.faucet.fund(wallet, { deposit: usdc("2") });
  const { escrow, tokens } = await money.faucet.look(walletSigner(wallet).address);
  assert.deepEqual([escrow?.data.depositedTotal, escrow?.data.allowTotal], [usdc("7"), usdc("7")]);
  assert.equal(tokens.token?.amount, 0n);
});

test("the demo user is given and deposits once, also where an earlier start broke off between the two", async (t) => {
  const { money } = await startTestMoney(t);
  const { faucet } = money;
  for (const given of [{ lamports: SOL }, { lamports: SOL, usdc: usdc("1000") }]) {
    const wallet = newWallet();
    const { address } = walletSigner(wallet);
    await faucet.give(address, given);
    await depositOnce(faucet, wallet);
    await depositOnce(faucet, wallet);
    const { escrow, tokens } = await faucet.look(address);
    assert.deepEqual([escrow?.data.depositedTotal, escrow?.data.allowTotal], [usdc("100"), usdc("100")]);
    assert.equal(tokens.token?.amount, usdc("900"));
  }
});

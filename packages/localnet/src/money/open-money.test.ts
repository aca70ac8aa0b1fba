import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readBinary } from "@aimo-network/escrow/binary";
import { verifyProgram } from "@aimo-network/escrow/deploy/deploy-program";
import { readKeyFile } from "@aimo-network/escrow/deploy/key-file";
import { systemClock as clock } from "@aimo-network/protocol/clock";
import { parseMicroUsdc } from "@aimo-network/protocol/money";
import { getTransferSolInstruction } from "@solana-program/system";
import { fetchMint } from "@solana-program/token";
import type { Address } from "@solana/kit";
import { BOB, SOL, connectTo, startTestChain, temporaryDirectory } from "../test-bed/chain-bed.ts";
import { newWallet, openTestMoney, ROUTER_URL } from "../test-bed/money-bed.ts";
import { depositOnce } from "./demo-deposit.ts";
import { connectFaucet } from "./faucet-chain.ts";
import type { FaucetChain } from "./faucet-chain.ts";
import type { Money } from "./open-money.ts";
import { walletSigner } from "@aimo-network/escrow/wallet-signer";

const KEY_FILES = [
  ...["settler", "cosigner"].map((name) => join("router", `${name}.json`)),
  ...["operator", "faucet", "mint"].map((name) => join("wallets", `${name}.json`)),
];

/** The address of a key file below a network's directory, which only its owner may read. */
async function keyIn(directory: string, file: string): Promise<Address> {
  const path = join(directory, file);
  assert.equal(statSync(path).mode & 0o777, 0o600, file);
  const bytes = JSON.parse(readFileSync(path, "utf8")) as unknown[];
  assert.equal(bytes.length, 64, file);
  return (await readKeyFile(path)).address;
}

async function chainOf(money: Money, directory: string): Promise<FaucetChain> {
  return connectFaucet(clock, money.rpcUrl, await readKeyFile(join(directory, "wallets", "faucet.json")));
}

test("a network's money is all there after its first start", async (t) => {
  const directory = temporaryDirectory();
  const [user, provider] = [newWallet(), newWallet()];
  const { money } = await openTestMoney(t, directory, { wallets: [user, provider] });
  const chain = await chainOf(money, directory);
  const { isSame } = await verifyProgram(chain, money.programId, readBinary());
  assert.ok(isSame);

  const [settler, cosigner, operator, faucet, mint] = await Promise.all(
    KEY_FILES.map((file) => keyIn(directory, file)),
  );
  assert.ok(settler !== undefined && cosigner !== undefined && operator !== undefined && mint !== undefined);
  assert.equal(mint, money.mint);
  const { data } = await fetchMint(chain.rpc, mint);
  assert.deepEqual([data.decimals, data.mintAuthority], [6, { ["__option"]: "Some", value: faucet }]);

  const { router } = await money.faucet.look(walletSigner(user).address);
  const { address: routerId } = await readKeyFile(join(directory, "router", "router-identity.json"));
  assert.deepEqual(
    [router.data.routerId, router.data.admin, router.data.mint, router.data.url],
    [routerId, operator, mint, ROUTER_URL],
  );
  assert.deepEqual(router.data.roles, { settler, cosigner, guardian: operator, feeOwner: operator });
  assert.deepEqual(router.data.params, {
    feeBps: 250n,
    minDeposit: 10_000n,
    userExitDelay: 3_600n,
    providerExitDelay: 1n,
    allowanceNotice: 1_800n,
    settlerWindow: 3_600n,
    settlerWindowCap: 100_000_000_000n,
  });
  for (const payer of [settler, cosigner, operator, walletSigner(user).address, walletSigner(provider).address]) {
    assert.equal((await chain.getAccount(payer))?.lamports, 10n * SOL);
  }
});

test("a network that starts again makes nothing again, fills who has little, and tells where its router is now", async (t) => {
  const directory = temporaryDirectory();
  const [user, spender] = [newWallet(), newWallet()];
  const wallets = [user, spender];
  const first = await openTestMoney(t, directory, { wallets });
  await depositOnce(first.money.faucet, user);
  const source = walletSigner(spender);
  const transfer = getTransferSolInstruction({ source, destination: BOB, amount: 9n * SOL + 1n });
  await (await chainOf(first.money, directory)).send([transfer]);
  const { address } = walletSigner(user);
  const before = await first.money.faucet.look(address);
  await first.stop();

  const url = "http://127.0.0.1:8788";
  const { money } = await openTestMoney(t, directory, { wallets, routerUrl: url });
  await depositOnce(money.faucet, user);
  const after = await money.faucet.look(address);
  assert.deepEqual(after.escrow?.data, before.escrow?.data);
  assert.deepEqual(after.router.data, { ...before.router.data, url });
  assert.deepEqual([money.mint, after.tokens], [first.money.mint, before.tokens]);
  const chain = await chainOf(money, directory);
  assert.equal((await fetchMint(chain.rpc, money.mint)).data.supply, parseMicroUsdc("1000"));
  assert.equal((await chain.getAccount(source.address))?.lamports, 10n * SOL);
  assert.ok(((await chain.getAccount(address))?.lamports ?? 0n) < 10n * SOL, "who has enough is given nothing");
});

test("a validator of somebody's own gets the program as any cluster would, once for all networks there", async (t) => {
  const { chain } = await startTestChain(t, temporaryDirectory());
  const directories = [temporaryDirectory(), temporaryDirectory()];
  const opened: Money[] = [];
  for (const directory of directories) {
    const { money } = await openTestMoney(t, directory, { rpcUrl: chain.rpcUrl });
    assert.deepEqual([money.rpcUrl, money.wsUrl], [chain.rpcUrl, `${chain.wsUrl}/`]);
    const user = newWallet();
    await money.faucet.fund(user, { lamports: SOL, usdc: parseMicroUsdc("1"), deposit: parseMicroUsdc("1") });
    const { escrow } = await money.faucet.look(walletSigner(user).address);
    assert.equal(escrow?.data.balance, parseMicroUsdc("1"));
    opened.push(money);
  }
  const [one, other] = opened;
  assert.equal(one?.programId, other?.programId);
  assert.notEqual(one?.mint, other?.mint);
  const [directory = ""] = directories;
  assert.ok(one !== undefined);
  const { isSame, authority } = await verifyProgram(await chainOf(one, directory), one.programId, readBinary());
  assert.deepEqual([isSame, authority], [true, await keyIn(directory, join("wallets", "operator.json"))]);
  assert.ok((await connectTo(chain.rpcUrl).getBalance(one.programId).send()).value > 0n);
});

// What is told of a router follows from its accounts, and a chain that is away changes nothing about its terms.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { ANN } from "@aimo-network/escrow/test-bed/cast";
import { DAY, HOUR, USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import { ROUTER_FACTS_MS } from "./limits.ts";
import { MoneyChain } from "./test-bed/money-chain.ts";

const MAINNET = "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp";

test("the terms are those of the config, with the addresses of everything", async () => {
  const bed = await MoneyChain.open();
  const { facts } = await bed.openDesk();
  const { config, vault, mint } = bed.scene.bed;
  assert.deepEqual(await facts.terms(), {
    programId: bed.chain.programAddress,
    config,
    vault,
    mint,
    network: MAINNET,
    publicRpcUrl: "https://api.mainnet-beta.solana.com",
    feeBps: 250n,
    minDeposit: USDC,
    userExitDelay: DAY,
    providerExitDelay: 7n * DAY,
    allowanceNotice: 12n * HOUR,
    commitment: "confirmed",
  });
});

test("the vault covers what users, providers and the router are owed, also with a donation in it", async () => {
  const bed = await MoneyChain.open();
  const { facts } = await bed.openDesk();
  await bed.provider(4n * USDC);
  const before = await facts.solvency();
  assert.deepEqual(
    [before.owedUsers, before.owedProviders, before.owedFees, before.owed, before.vaultAmount],
    [196n * USDC, 3_900_000n, 100_000n, 200n * USDC, 200n * USDC],
  );
  assert.deepEqual([before.surplus, before.shortfall], [0n, 0n]);
  assert.deepEqual([before.slot, before.time], [bed.chain.slot, bed.chain.time]);
  bed.chain.plantToken(bed.scene.bed.vault, bed.scene.bed.mint, bed.scene.bed.vaultAuthority, 201n * USDC);
  bed.withoutSignatures(() => bed.scene.land(bed.scene.ask.deposit(ANN, 0n + USDC)));
  bed.clock.advance(ROUTER_FACTS_MS);
  const after = await facts.solvency();
  assert.deepEqual([after.vaultAmount, after.owed, after.surplus], [202n * USDC, 201n * USDC, USDC]);
});

test("however many ask, the chain is asked once within the time", async () => {
  const bed = await MoneyChain.open();
  const { facts } = await bed.openDesk();
  await Promise.all([facts.solvency(), facts.terms(), facts.solvency()]);
  bed.clock.advance(ROUTER_FACTS_MS - 1);
  await facts.solvency();
  const methods = (): string[] => bed.node.calls.map(({ method }) => method);
  assert.deepEqual(methods().toSorted(), ["getGenesisHash", "getMultipleAccounts"]);
  bed.clock.advance(1);
  await facts.solvency();
  assert.deepEqual(methods().slice(2), ["getMultipleAccounts"]);
});

test("which Solana it is, is asked until a node says it, and kept", async () => {
  const bed = await MoneyChain.open();
  const { facts } = await bed.openDesk();
  const asked = (): number => bed.node.calls.filter(({ method }) => method === "getGenesisHash").length;
  bed.node.missing.add("getGenesisHash");
  assert.equal((await facts.terms())?.network, undefined);
  await facts.terms();
  assert.equal(asked(), 1);
  bed.node.missing.delete("getGenesisHash");
  bed.clock.advance(ROUTER_FACTS_MS);
  assert.equal((await facts.terms())?.network, MAINNET);
  bed.clock.advance(ROUTER_FACTS_MS);
  bed.node.missing.add("getGenesisHash");
  assert.equal((await facts.terms())?.network, MAINNET);
  assert.equal(asked(), 2);
});

test("the node that everybody may ask is known without the router's accounts", async () => {
  const bed = await MoneyChain.open();
  bed.node.missing.add("getMultipleAccounts");
  const { facts } = await bed.openDesk();
  assert.equal(await facts.publicRpcUrl(), "https://api.mainnet-beta.solana.com");
  bed.node.isDown = true;
  bed.clock.advance(ROUTER_FACTS_MS);
  assert.equal(await facts.publicRpcUrl(), "https://api.mainnet-beta.solana.com");
});

test("while the chain is away the terms are the last ones seen, and the vault is unknown", async () => {
  const bed = await MoneyChain.open();
  const { facts } = await bed.openDesk();
  bed.node.isDown = true;
  assert.equal(await facts.terms(), undefined);
  bed.node.isDown = false;
  bed.clock.advance(ROUTER_FACTS_MS);
  const seen = await facts.terms();
  assert.equal(seen?.feeBps, 250n);
  bed.node.isDown = true;
  bed.clock.advance(ROUTER_FACTS_MS);
  assert.deepEqual(await facts.terms(), seen);
  await assert.rejects(facts.solvency(), (error) => isAimoError(error, "chain_unavailable"));
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Address, Instruction } from "@solana/kit";
import { ANN, BEN, PAT, QUINN } from "./test-bed/cast.ts";
import { FOREIGN_PROGRAM } from "./test-bed/chain-state.ts";
import { named, signer } from "./test-bed/chain.ts";
import { USDC } from "./test-bed/router-instructions.ts";
import { Scene } from "./test-bed/scene.ts";

/** Where the count of entries stands: after the instruction's number, the root and the batch's id. */
const COUNT_OFFSET = 1 + 32 + 8;

/** A batch that says it has another number of entries than it has. */
function countedAs(count: number, instruction: Instruction): Instruction {
  const data = Uint8Array.from(instruction.data ?? []);
  data[COUNT_OFFSET] = count;
  return { ...instruction, data };
}

test("accounts of a foreign program with the right bytes are refused wherever a record is read", async () => {
  const scene = await Scene.open();
  const { chain, bed, ask } = scene;
  const forge = (name: string, model: Address): Address => {
    const address = named(`forged ${name}`);
    chain.plant(address, FOREIGN_PROGRAM, Uint8Array.from(chain.account(model)?.data ?? []));
    return address;
  };
  const config = forge("config", bed.config);
  const escrow = forge("escrow", bed.escrowOf(ANN));
  const provider = forge("provider", bed.providerOf(PAT));
  const entries = [scene.bill(ANN, USDC)];
  scene.refuse("BadOwner", ask.settle(entries, { config }));
  scene.refuse("BadOwner", ask.settle(entries, { ledgerAccounts: [escrow, bed.providerOf(PAT)] }));
  scene.refuse("BadOwner", ask.settle(entries, { ledgerAccounts: [bed.escrowOf(ANN), provider] }));
  scene.refuse("BadOwner", ask.deposit(ANN, USDC, { config }));
  scene.refuse("BadOwner", ask.deposit(ANN, USDC, { escrow }));
  scene.refuse("BadOwner", ask.withdrawUser(ANN, USDC, { config }));
  scene.refuse("BadOwner", ask.withdrawUser(ANN, USDC, { escrow }));
  scene.refuse("BadOwner", ask.withdrawProvider(PAT, USDC, { provider }));
});

test("a vault of a foreign program takes no deposit", async () => {
  const scene = await Scene.open();
  const { chain, bed, ask } = scene;
  const vault = named("forged vault");
  chain.plant(vault, FOREIGN_PROGRAM, Uint8Array.from(chain.account(bed.vault)?.data ?? []));
  scene.refuse("BadVault", ask.deposit(ANN, USDC, { vault }));
  chain.plant(bed.vault, FOREIGN_PROGRAM, Uint8Array.from(chain.account(bed.vault)?.data ?? []));
  scene.refuse("BadVault", ask.deposit(ANN, USDC));
});

test("a token account that has the vault's owner and is not the vault takes no deposit and pays nothing", async () => {
  const scene = await Scene.open();
  const { chain, bed, ask } = scene;
  const vault = named("decoy vault");
  chain.plantToken(vault, bed.mint, bed.vaultAuthority, 1_000n * USDC);
  scene.refuse("BadVault", ask.deposit(ANN, USDC, { vault }));
  scene.refuse("BadVault", ask.withdrawUser(ANN, USDC, { vault }));
  scene.refuse("BadVault", ask.sweepSurplus({ vault }));
});

test("another router's config, escrow, provider and vault are refused beside one's own", async () => {
  const scene = await Scene.open();
  const { bed, ask } = scene;
  const other = await Scene.open({}, "other router", scene.chain);
  const { config } = other.bed;
  const entries = [scene.bill(ANN, USDC)];
  const [escrow, provider] = [bed.escrowOf(ANN), bed.providerOf(PAT)];
  const [otherEscrow, otherProvider] = [other.bed.escrowOf(ANN), other.bed.providerOf(PAT)];
  scene.refuse("MissingSigner", ask.settle(entries, { config }));
  // The other router's settler may settle there, but not with these accounts.
  scene.refuse("ConfigMismatch", ask.settle(entries, { config, settler: signer(other.bed.keys.settler) }));
  scene.refuse("ConfigMismatch", ask.settle(entries, { ledgerAccounts: [otherEscrow, provider] }));
  scene.refuse("ConfigMismatch", ask.settle(entries, { ledgerAccounts: [escrow, otherProvider] }));
  scene.refuse("ConfigMismatch", ask.deposit(ANN, USDC, { config }));
  scene.refuse("BadVault", ask.deposit(ANN, USDC, { vault: other.bed.vault }));
  scene.refuse("ConfigMismatch", ask.withdrawUser(ANN, USDC, { config }));
  scene.refuse("ConfigMismatch", ask.withdrawUser(ANN, USDC, { escrow: otherEscrow }));
  scene.refuse("BadVault", ask.withdrawUser(ANN, USDC, { vault: other.bed.vault }));
  scene.refuse("BadVault", ask.withdrawUser(ANN, USDC, { vaultAuthority: other.bed.vaultAuthority }));
  scene.refuse("ConfigMismatch", ask.closeEscrow(ANN, { escrow: otherEscrow }));
});

test("a provider is no escrow, an escrow is no provider, and a config is neither", async () => {
  const scene = await Scene.open();
  const { bed, ask } = scene;
  const entries = [scene.bill(ANN, USDC)];
  const [escrow, provider] = [bed.escrowOf(ANN), bed.providerOf(PAT)];
  for (const ledgerAccounts of [
    [provider, escrow],
    [provider, provider],
    [escrow, escrow],
    [bed.config, provider],
    [escrow, bed.config],
  ]) {
    scene.refuse("BadDiscriminator", ask.settle(entries, { ledgerAccounts }));
  }
  scene.refuse("BadDiscriminator", ask.settle(entries, { config: escrow }));
  scene.refuse("BadDiscriminator", ask.withdrawUser(ANN, USDC, { escrow: provider }));
  scene.refuse("BadDiscriminator", ask.withdrawProvider(PAT, USDC, { provider: escrow }));
});

test("an index beyond the accounts of a batch is refused", async () => {
  const scene = await Scene.open();
  const { amount, seq } = scene.bill(ANN, USDC);
  for (const [escrow, provider] of [
    [2, 1],
    [0, 2],
    [255, 1],
    [0, 255],
  ] as const) {
    const entries = [{ escrow, provider, amount, seq }];
    scene.refuse("IndexOutOfRange", scene.ask.settle([scene.bill(ANN, USDC)], { entries }));
  }
  // Nothing of a batch is kept where its last entry is at fault.
  const good = { escrow: 0, provider: 1, amount, seq };
  const entries = [good, { ...good, escrow: 2, seq: seq + 1 }];
  scene.refuse("IndexOutOfRange", scene.ask.settle([scene.bill(ANN, USDC)], { entries }));
});

test("a count that is not the number of entries is refused", async () => {
  const scene = await Scene.open();
  const many = (count: number): Instruction =>
    scene.ask.settle(
      Array.from({ length: count }, (_, index) => ({ user: ANN, owner: PAT, amount: 1n, seq: index + 1 })),
    );
  scene.refuse("BadInstruction", countedAs(1, many(2)));
  scene.refuse("BadInstruction", countedAs(3, many(2)));
  scene.refuse("BadInstruction", countedAs(64, many(2)));
  scene.refuse("BatchEmpty", countedAs(0, many(2)));
  scene.refuse("BatchEmpty", many(0));
  scene.refuse("BatchTooLarge", countedAs(65, many(2)));
  scene.refuse("BatchTooLarge", countedAs(255, many(2)));
  scene.refuse("BatchTooLarge", many(65));
  scene.land(many(64));
  assert.equal(scene.bed.readEscrow(ANN).settledTotal, 64n);
});

test("an entry of nothing, of too much, or of a user to themselves is refused", async () => {
  const scene = await Scene.open();
  await scene.addProvider(ANN);
  scene.refuse("ZeroAmount", scene.ask.settle([scene.bill(BEN, 0n)]));
  scene.refuse("AmountTooLarge", scene.ask.settle([scene.bill(BEN, 2n ** 53n + 1n)]));
  scene.refuse("AmountTooLarge", scene.ask.settle([scene.bill(BEN, 2n ** 64n - 1n)]));
  scene.refuse("SelfDealing", scene.ask.settle([scene.bill(ANN, USDC, ANN)]));
  scene.refuse("SelfDealing", scene.ask.settle([scene.bill(BEN, USDC, QUINN), scene.bill(ANN, USDC, ANN)]));
  assert.equal(scene.collect(BEN, 2n ** 53n), 100n * USDC);
});

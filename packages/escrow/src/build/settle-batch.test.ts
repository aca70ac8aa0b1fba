// Batches: the builder refuses exactly what the program refuses.
import assert from "node:assert/strict";
import { test } from "node:test";
import { microUsdc } from "@aimo-network/protocol/money";
import { AMOUNT_MAX, ENTRIES_MAX, NOBODY } from "../program-bounds.ts";
import { BuilderScene } from "../test-bed/builder-scene.ts";
import { ANN, BEN, MALLORY, PAT, QUINN } from "../test-bed/cast.ts";
import { named, signer } from "../test-bed/chain.ts";
import type { BedEntry } from "../test-bed/router-bed.ts";
import { USDC } from "../test-bed/router-instructions.ts";
import { buildSettleBatch } from "./settle-batch.ts";
import type { SettleBatchInput } from "./settle-batch.ts";

const root = new Uint8Array(32).fill(7);

/** How a router would build these entries, having read all their accounts. */
function batch(bed: BuilderScene, entries: readonly BedEntry[], changes: Partial<SettleBatchInput> = {}) {
  const { bed: router } = bed;
  const escrows = new Map([ANN, BEN].map((user) => [router.escrowOf(user), bed.escrow(user).data]));
  const providers = new Map([PAT, QUINN].map((owner) => [router.providerOf(owner), bed.provider(owner).data]));
  const addressed = entries.map(({ user, owner, amount, seq }) => {
    return { escrow: router.escrowOf(user), provider: router.providerOf(owner), amount: microUsdc(amount), seq };
  });
  const input = { settler: signer(router.keys.settler), router: bed.router, root, batchId: 1n, now: bed.now };
  const ledger = { programAddress: bed.chain.programAddress, escrows, providers };
  return () => buildSettleBatch({ ...input, entries: addressed, ledger, ...changes });
}

function one(changes: Partial<BedEntry> = {}): BedEntry {
  return { user: ANN, owner: PAT, amount: USDC, seq: 1, ...changes };
}

test("a batch is refused for what the program refuses it for, with its accounts read or not", async () => {
  const bed = await BuilderScene.open();
  const { ask } = bed;
  const many = Array.from({ length: ENTRIES_MAX + 1 }, (_, index) => one({ amount: 1n, seq: index + 1 }));
  for (const ledger of [{}, { ledger: undefined } as unknown as Partial<SettleBatchInput>]) {
    await bed.refuses("BatchEmpty", batch(bed, [], ledger), ask.settle([]));
    await bed.refuses("BatchTooLarge", batch(bed, many, ledger), ask.settle(many));
    for (const amount of [0n, AMOUNT_MAX + 1n]) {
      const entries = [one(), one({ amount, seq: 2 })];
      await bed.refuses(
        amount === 0n ? "ZeroAmount" : "AmountTooLarge",
        batch(bed, entries, ledger),
        ask.settle(entries),
      );
    }
    const settler = signer(MALLORY);
    await bed.refuses("MissingSigner", batch(bed, [one()], { settler, ...ledger }), ask.settle([one()], { settler }));
  }
  await bed.lands(batch(bed, many.slice(0, ENTRIES_MAX)));
});

test("a batch that was read is refused for what its accounts say", async () => {
  const bed = await BuilderScene.open({ settlerWindowCap: 10n * USDC });
  const { ask } = bed;
  await bed.bed.know(NOBODY);
  const gap = [one({ user: BEN }), one({ user: BEN, seq: 3 })];
  await bed.refuses("SeqGap", batch(bed, gap), ask.settle(gap));
  const beyond = [one({ amount: 10n * USDC }), one({ seq: 2, amount: 1n })];
  await bed.refuses("SettlerCap", batch(bed, beyond), ask.settle(beyond));
  const unregistered = [one({ owner: MALLORY })];
  await bed.refuses("BadOwner", batch(bed, unregistered), ask.settle(unregistered));
  await bed.scene.addProvider(ANN);
  const self = [one({ owner: ANN })];
  const providers = new Map([[bed.bed.providerOf(ANN), bed.provider(ANN).data]]);
  const escrows = new Map([[bed.bed.escrowOf(ANN), bed.escrow(ANN).data]]);
  const ledger = { programAddress: bed.chain.programAddress, escrows, providers };
  await bed.refuses("SelfDealing", batch(bed, self, { ledger }), ask.settle(self));
  bed.scene.land(ask.setPause(2));
  bed.scene.goTo(bed.router.data.pauseUntil[1]! - 1n);
  await bed.refuses("Paused", batch(bed, [one()]), ask.settle([one()]));
  bed.scene.goTo(bed.now + 1n);
  await bed.lands(batch(bed, [one({ amount: 10n * USDC })]));
  bed.scene.land(ask.scheduleParams({ settlerWindowCap: 10n * USDC - 1n }));
  await bed.refuses("SettlerCap", batch(bed, [one()]), ask.settle([one()])); // a no-op, but the window is over its cap
  bed.scene.goTo(bed.router.data.windowStart + bed.router.data.params.settlerWindow);
  await bed.lands(batch(bed, [one({ seq: 2, amount: USDC })]));
});

test("ledger accounts of another router are refused", async () => {
  const bed = await BuilderScene.open();
  const { ask, chain } = bed;
  const strange = { escrow: named("another router's escrow"), provider: named("another router's provider") };
  const data = {
    escrow: { ...bed.escrow(ANN).data, config: MALLORY },
    provider: { ...bed.provider(PAT).data, config: MALLORY },
  };
  for (const [kind, owner] of [
    ["escrow", bed.bed.escrowOf(ANN)],
    ["provider", bed.bed.providerOf(PAT)],
  ] as const) {
    const found = bed.reading(owner);
    assert.ok(found.exists);
    const bytes = Uint8Array.from(found.data);
    const elsewhere = bed.reading(bed.bed.config);
    assert.ok(elsewhere.exists);
    bytes.fill(1, 8, 40); // the config it names
    chain.plant(strange[kind], found.programAddress, bytes);
    const escrow = kind === "escrow" ? strange.escrow : bed.bed.escrowOf(ANN);
    const provider = kind === "provider" ? strange.provider : bed.bed.providerOf(PAT);
    const ledger = {
      programAddress: chain.programAddress,
      escrows: new Map([[escrow, kind === "escrow" ? data.escrow : bed.escrow(ANN).data]]),
      providers: new Map([[provider, kind === "provider" ? data.provider : bed.provider(PAT).data]]),
    };
    const entries = [{ escrow, provider, amount: microUsdc(USDC), seq: 1 }];
    const raw = ask.settle([one()], { ledgerAccounts: [escrow, provider] });
    await bed.refuses("ConfigMismatch", batch(bed, [one()], { entries, ledger }), raw);
  }
});

// The router's lookup tables on the real program: made, grown, moved, taken out of use and closed, by plans alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { microUsdc } from "@aimo-network/protocol/money";
import { batchInstructions } from "@aimo-network/escrow/batch/batch-instructions";
import { DEACTIVATION_SLOTS, TABLE_ADDRESSES_MAX } from "@aimo-network/escrow/batch/lookup-table";
import { packEntries } from "@aimo-network/escrow/batch/pack";
import { ANN, BEN, PAT, QUINN } from "@aimo-network/escrow/test-bed/cast";
import { named, signer } from "@aimo-network/escrow/test-bed/chain";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import type { Address } from "@solana/kit";
import { TABLE_IDLE_SLOTS, TABLE_SPARSE_PERCENT } from "./limits.ts";
import { planTables, createTableReader, tableInstructions, usableTables } from "./lookup-tables.ts";
import type { TableState } from "./lookup-tables.ts";
import { FollowerBed } from "./test-bed/follower-bed.ts";

const PLANS_MAX = 100;

function addresses(count: number, from = 0): Address[] {
  return Array.from({ length: count }, (_, index) => named(`address ${from + index}`));
}

/** A router that tends its tables as plans say. */
class TableKeeper {
  readonly bed: FollowerBed;
  readonly authority = named("settler of tables");
  /** Kinds of the actions that were taken. */
  readonly taken: string[] = [];
  readonly #reader = createTableReader();

  private constructor(bed: FollowerBed) {
    this.bed = bed;
  }

  static async open(): Promise<TableKeeper> {
    return new TableKeeper(await FollowerBed.open());
  }

  /** As whoever has read them all along sees them, which is what somebody new sees. */
  async read(): Promise<TableState> {
    const [known, fresh] = await Promise.all(
      [this.#reader, createTableReader()].map((reader) =>
        reader.read(this.bed.endpoints.any, this.authority, { commitment: "confirmed" }),
      ),
    );
    assert.deepEqual(known, fresh);
    return fresh!;
  }

  pass(slots: bigint): void {
    const { chain } = this.bed;
    chain.pass(slots);
    const hashOf = (): Address => named("a block");
    const recent = Array.from({ length: 512 }, (_, index) => ({
      slot: chain.slot - 1n - BigInt(index),
      hash: hashOf(),
    }));
    chain.svm.setSlotHashes(recent);
  }

  /** Takes the actions of one plan; each in a transaction of a packet's size. */
  async step(wanted: readonly Address[]): Promise<number> {
    const { chain } = this.bed;
    this.pass(1n);
    const plan = planTables(await this.read(), wanted);
    const parties = { authority: signer(this.authority), payer: signer(chain.payer), recentSlot: chain.slot - 1n };
    for (const action of plan) {
      const outcome = chain.sendWithTables({}, ...(await tableInstructions(action, parties)));
      assert.ok(outcome.isOk, outcome.logs.join("\n"));
      this.taken.push(action.kind);
    }
    return plan.length;
  }

  /** Makes and follows plans until there is nothing left to do now. */
  async tend(wanted: readonly Address[]): Promise<void> {
    for (let plans = 0; (await this.step(wanted)) > 0; plans += 1) assert.ok(plans < PLANS_MAX, "plans come to an end");
    this.pass(1n);
  }

  async usable(): Promise<Set<Address>> {
    return new Set(usableTables(await this.read()).flatMap((table) => table.addresses));
  }
}

test("a table that is as it was is not read anew", async () => {
  const keeper = await TableKeeper.open();
  const wanted = addresses(20);
  for (let turn = 0; turn < 4; turn += 1) await keeper.step(wanted);
  const reader = createTableReader();
  const read = () => reader.read(keeper.bed.endpoints.any, keeper.authority, { commitment: "confirmed" });
  const [first, second] = [await read(), await read()];
  assert.equal(first.tables[0]?.addresses.length, 20);
  assert.equal(second.tables[0], first.tables[0]);
});

test("every wanted address gets into a table, the first ones first, in as few tables as can be", async () => {
  const keeper = await TableKeeper.open();
  const wanted = addresses(TABLE_ADDRESSES_MAX + 30);
  assert.equal(await keeper.step(wanted), 1);
  assert.deepEqual(keeper.taken, ["create"]);
  await keeper.step(wanted);
  const first = await keeper.read();
  assert.deepEqual(first.tables[0]?.addresses, wanted.slice(0, TABLE_ADDRESSES_MAX));
  await keeper.tend(wanted);
  const { tables } = await keeper.read();
  assert.equal(tables.length, 2);
  assert.deepEqual(await keeper.usable(), new Set(wanted));
  assert.equal(keeper.taken.filter((kind) => kind === "create").length, 2);
  const before = keeper.taken.length;
  await keeper.tend(wanted);
  assert.equal(keeper.taken.length, before, "what is well is left alone");
});

test("what was just added cannot be looked up in that slot, and a table that was made and forgotten is used", async () => {
  const keeper = await TableKeeper.open();
  await keeper.step(addresses(3)); // and here the process ends
  await keeper.step(addresses(3));
  const { slot, tables } = await keeper.read();
  assert.equal(tables.length, 1);
  assert.deepEqual(usableTables({ slot: tables[0]!.lastExtendedSlot, tables }), []);
  assert.ok(slot >= tables[0]!.lastExtendedSlot);
  keeper.pass(1n);
  assert.deepEqual(await keeper.usable(), new Set(addresses(3)));
});

test("a full table of which too little is wanted moves to another one, and retires only then; its rent comes back", async () => {
  const keeper = await TableKeeper.open();
  const { chain } = keeper.bed;
  const all = addresses(TABLE_ADDRESSES_MAX);
  await keeper.tend(all);
  const enough = (TABLE_ADDRESSES_MAX * TABLE_SPARSE_PERCENT) / 100;
  const before = keeper.taken.length;
  await keeper.tend(all.slice(0, enough));
  assert.equal(keeper.taken.length, before);
  const few = all.slice(0, enough - 1);
  for (let plans = 0; plans < PLANS_MAX; plans += 1) {
    const steps = await keeper.step(few);
    keeper.pass(1n);
    const usable = await keeper.usable();
    assert.ok(
      few.every((address) => usable.has(address)),
      "at no time is a wanted one missing",
    );
    if (steps === 0) break;
  }
  const { tables } = await keeper.read();
  const retired = tables.find(({ deactivatedAt }) => deactivatedAt !== undefined);
  assert.deepEqual(new Set(retired?.addresses), new Set(all));
  assert.deepEqual(tables.find((table) => table !== retired)?.addresses, few);
  const rent = chain.account(retired!.address)!.lamports;
  const balance = (): bigint => chain.account(chain.payer)!.lamports;
  keeper.pass(retired!.deactivatedAt! + DEACTIVATION_SLOTS - 2n - chain.slot);
  assert.equal(await keeper.step(few), 0, "not before its time");
  const had = balance();
  assert.equal(await keeper.step(few), 1);
  assert.equal(keeper.taken.at(-1), "close");
  assert.equal(chain.account(retired!.address), undefined);
  assert.ok(balance() > had + rent - 20_000n);
});

test("a table nobody looks anything up in retires a day after it grew last, and one that is made for it is not idle", async () => {
  const keeper = await TableKeeper.open();
  await keeper.tend(addresses(3));
  const [table] = (await keeper.read()).tables;
  keeper.pass(table!.lastExtendedSlot + TABLE_IDLE_SLOTS - 2n - keeper.bed.chain.slot);
  assert.equal(await keeper.step([]), 0);
  assert.deepEqual(planTables(await keeper.read(), [named("address 0")]), []);
  assert.equal(await keeper.step([]), 1);
  assert.equal(keeper.taken.at(-1), "deactivate");
  const other = await TableKeeper.open();
  await other.tend(addresses(1));
  assert.deepEqual(other.taken, ["create", "extend"]);
});

test("tables of another authority are not this router's", async () => {
  const keeper = await TableKeeper.open();
  await keeper.tend(addresses(3));
  const others = await createTableReader().read(keeper.bed.endpoints.any, named("another settler"), {
    commitment: "confirmed",
  });
  assert.deepEqual(others.tables, []);
});

test("a batch that looks its accounts up is settled, and followed", async () => {
  const keeper = await TableKeeper.open();
  const { bed } = keeper;
  const { scene, chain } = bed;
  const escrows = [ANN, BEN].map((user) => scene.bed.escrowOf(user));
  const providers = [PAT, QUINN].map((owner) => scene.bed.providerOf(owner));
  await keeper.tend([scene.bed.config, ...providers, ...escrows]);
  await bed.start();
  const entries = escrows.map((escrow, index) => {
    return { escrow, provider: providers[index]!, amount: microUsdc(USDC), seq: 1 };
  });
  const { keys, place: router } = scene.bed;
  const tables = usableTables(await keeper.read());
  const [batch] = packEntries(entries, { settler: keys.settler, config: router.address, tables });
  assert.equal(batch?.lookups.size, 5);
  const instructions = batchInstructions(batch, {
    settler: signer(keys.settler),
    router,
    root: new Uint8Array(32),
    batchId: 1n,
    computeUnitPrice: 0n,
  });
  const byTable = Object.fromEntries(tables.map((table) => [table.address, [...table.addresses]]));
  const outcome = chain.sendWithTables(byTable, ...instructions);
  assert.ok(outcome.isOk, outcome.logs.join("\n"));
  assert.deepEqual(new Set(chain.transactions.at(-1)?.lookedUp), new Set([router.address, ...providers, ...escrows]));
  await bed.poll();
  assert.equal(bed.observed.at(-1)?.isWhole, false);
  for (const escrow of escrows) assert.equal(bed.books.escrows.get(escrow)?.settledTotal, USDC);
  for (const provider of providers) assert.ok(bed.books.providers.get(provider)!.earnedTotal > 0n);
  await bed.follower.stop();
});

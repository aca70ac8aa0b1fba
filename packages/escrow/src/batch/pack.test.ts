// Batches as large as the chain's limits let through, measured by compiling and sending them.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Address } from "@solana/kit";
import fc from "fast-check";
import { isAimoError } from "@aimo-network/protocol/errors";
import { microUsdc } from "@aimo-network/protocol/money";
import type { BatchEntry } from "../build/foresee-batch.ts";
import { readSettleLog } from "../logs/settle-events.ts";
import { ENTRIES_MAX } from "../program-bounds.ts";
import { named } from "../test-bed/chain.ts";
import { SettlementCrowd } from "../test-bed/settlement-crowd.ts";
import { unitsFor } from "./batch-instructions.ts";
import { LOCKED_ACCOUNTS_MAX, TRANSACTION_BYTES_MAX, packEntries } from "./pack.ts";
import type { PackOptions, UsableTable } from "./pack.ts";

let crowd: SettlementCrowd;
before(async () => {
  crowd = await SettlementCrowd.gather(80, 80);
});

function optionsOf(tables: readonly UsableTable[] = [], feePayer?: Address): PackOptions {
  const { config, keys } = crowd.bed;
  const options = { settler: keys.settler, config, tables };
  return feePayer === undefined ? options : { ...options, feePayer };
}

/** Packs, sends the first batch, and gives how many entries it had. */
function measure(entries: readonly BatchEntry[], options: PackOptions): number {
  const [first] = packEntries(entries, options);
  assert.ok(first !== undefined);
  const { bytes, logs, units } = crowd.settle(first, options.feePayer);
  assert.equal(bytes, first.transactionBytes);
  assert.ok(bytes <= TRANSACTION_BYTES_MAX && first.lockedAccounts <= LOCKED_ACCOUNTS_MAX);
  assert.ok(units <= BigInt(unitsFor(first.entries.length)), `${units} units for ${first.entries.length} entries`);
  const [logged] = readSettleLog(logs, crowd.bed.chain.programAddress).batches;
  assert.deepEqual(
    logged?.applied,
    first.entries.map(({ amount }) => amount),
  );
  return first.entries.length;
}

/** One entry for each of these users, each the next of its escrow. */
function nextEntries(count: number, providers: number): BatchEntry[] {
  return Array.from({ length: count }, (_, index) => {
    const { settleSeq } = crowd.bed.readEscrow(crowd.users[index]!);
    return crowd.entry(index, index % providers, settleSeq + 1);
  });
}

test("without a table, a transaction has at least 14 entries with three providers and 10 with all distinct", (t) => {
  for (const feePayer of [undefined, crowd.bed.chain.payer]) {
    const three = measure(nextEntries(40, 3), optionsOf([], feePayer));
    const distinct = measure(nextEntries(40, 40), optionsOf([], feePayer));
    t.diagnostic(
      `${three} at three providers, ${distinct} at distinct ones, ${feePayer === undefined ? "the settler" : "another"} pays`,
    );
    assert.ok(three >= 14 && distinct >= 10);
  }
});

test("with a table, a transaction has at least 50 entries of different users with eight providers", (t) => {
  const { bed, users, owners } = crowd;
  const ledger = [
    ...users.map((user) => bed.escrowOf(user)),
    ...owners.slice(0, 8).map((owner) => bed.providerOf(owner)),
  ];
  const table = crowd.plantTable("table", [bed.config, ...ledger]);
  for (const feePayer of [undefined, bed.chain.payer]) {
    const entries = measure(nextEntries(70, 8), optionsOf([table], feePayer));
    t.diagnostic(`${entries} at eight providers, ${feePayer === undefined ? "the settler" : "another"} pays`);
    assert.ok(entries >= 50);
  }
  const few = measure(
    Array.from({ length: 70 }, (_, index) => {
      const { settleSeq } = bed.readEscrow(users[index % 5]!);
      return crowd.entry(index % 5, index % 3, settleSeq + 1 + (index - (index % 5)) / 5);
    }),
    optionsOf([table]),
  );
  assert.equal(few, ENTRIES_MAX);
});

test("the limit of locked accounts is the chain's own", () => {
  const { bed, users, owners } = crowd;
  const ledger = [...users.map((user) => bed.escrowOf(user)), ...owners.map((owner) => bed.providerOf(owner))];
  const table = crowd.plantTable("big table", [bed.config, ...ledger]);
  const entries = nextEntries(40, 40);
  const [first] = packEntries(entries, optionsOf([table]));
  assert.ok(first !== undefined);
  assert.equal(first.lockedAccounts, LOCKED_ACCOUNTS_MAX);
  const lookups = new Map(table.addresses.map((address, index) => [address, { table: table.address, index }]));
  const oneMore = { ...first, lookups, entries: entries.slice(0, first.entries.length + 1) };
  assert.throws(() => crowd.settle(oneMore), /maximum allowed is 64/);
  crowd.settle(first);
});

test("a transaction is filled to its last byte, and a table is used only where it saves some", () => {
  const sizes = new Set<number>();
  for (let users = 1; users <= 20; users += 1) {
    for (let providers = 1; providers <= users; providers += 1) {
      const entries = Array.from({ length: 64 }, (_, index) => {
        const seq = 1 + (index - (index % users)) / users;
        return crowd.entry(index % users, index % providers, seq);
      });
      const [first] = packEntries(entries, optionsOf());
      sizes.add(first?.transactionBytes ?? 0);
    }
  }
  assert.equal(Math.max(...sizes), TRANSACTION_BYTES_MAX);
  const entry = crowd.entry(0, 0);
  for (const [listed, used] of [
    [[entry.escrow], 0],
    [[entry.escrow, entry.provider], 2],
    [[entry.escrow, named("x")], 0],
  ] as const) {
    const table = { address: named("table"), addresses: [...listed] };
    assert.equal(packEntries([entry], optionsOf([table]))[0]?.lookups.size, used);
  }
});

test("an entry alone is always packed, and a gap or an amount the program refuses is refused", () => {
  assert.equal(packEntries([crowd.entry(0, 0)], optionsOf()).length, 1);
  assert.deepEqual(packEntries([], optionsOf()), []);
  const name = (error: unknown): string => (isAimoError(error, "escrow_refused") ? error.context.name : "");
  const gap = [crowd.entry(0, 0, 1), crowd.entry(0, 1, 3)];
  assert.throws(
    () => packEntries(gap, optionsOf()),
    (error) => name(error) === "SeqGap",
  );
  const nothing = { ...crowd.entry(0, 0), amount: microUsdc(0n) };
  assert.throws(
    () => packEntries([nothing], optionsOf()),
    (error) => name(error) === "ZeroAmount",
  );
  assert.throws(() => packEntries([crowd.entry(0, 0, 1), crowd.entry(0, 1, 1)], optionsOf()), /each once/);
});

const ESCROWS = Array.from({ length: 120 }, (_, index) => named(`escrow ${index}`));
const PROVIDERS = Array.from({ length: 40 }, (_, index) => named(`account of provider ${index}`));

const drawn = fc.record({
  payments: fc.array(fc.tuple(fc.nat(119), fc.nat(39)), { minLength: 1, maxLength: 300 }),
  providers: fc.constantFrom(1, 3, 8, 40),
  tables: fc.array(fc.record({ start: fc.nat(150), length: fc.nat(100) }), { maxLength: 4 }),
  hasPayer: fc.boolean(),
});

test("every entry is packed once, in its escrow's order, in transactions of exactly the foreseen size", () => {
  fc.assert(
    fc.property(drawn, ({ payments, providers, tables, hasPayer }) => {
      const seqs = new Map<Address, number>();
      const entries = payments.map(([user, owner]): BatchEntry => {
        const [escrow, provider] = [ESCROWS[user]!, PROVIDERS[owner % providers]!];
        const seq = (seqs.get(escrow) ?? 0) + 1;
        seqs.set(escrow, seq);
        return { escrow, provider, amount: microUsdc(5n), seq };
      });
      const known = tables.map(({ start, length }, index) => {
        const addresses = [...ESCROWS, crowd.bed.config, ...PROVIDERS].slice(start, start + length);
        return { address: named(`drawn table ${index}`), addresses };
      });
      const options = optionsOf(known, hasPayer ? crowd.bed.chain.payer : undefined);
      const batches = packEntries(entries, options);
      assert.deepEqual(new Set(batches.flatMap((batch) => batch.entries)), new Set(entries));
      assert.equal(
        batches.reduce((sum, batch) => sum + batch.entries.length, 0),
        entries.length,
      );
      const last = new Map<Address, number>();
      for (const batch of batches) {
        for (const { escrow, seq } of batch.entries) {
          assert.equal(seq, (last.get(escrow) ?? 0) + 1, "an entry is settled before an earlier one");
          last.set(escrow, seq);
        }
        assert.ok(batch.transactionBytes <= TRANSACTION_BYTES_MAX && batch.lockedAccounts <= LOCKED_ACCOUNTS_MAX);
        assert.ok(batch.entries.length <= ENTRIES_MAX);
        assert.equal(crowd.sizeOf(batch, options.feePayer), batch.transactionBytes);
      }
    }),
    { numRuns: 25 },
  );
});

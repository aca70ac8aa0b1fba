// Plans for lookup tables alone: whatever is wanted, in whatever order, they come to an end and waste nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  DEACTIVATION_SLOTS,
  EXTENSION_ADDRESSES_MAX,
  TABLE_ADDRESSES_MAX,
} from "@aimo-network/escrow/batch/lookup-table";
import type { LookupTable } from "@aimo-network/escrow/batch/lookup-table";
import { named } from "@aimo-network/escrow/test-bed/chain";
import type { Address } from "@solana/kit";
import fc from "fast-check";
import { TABLES_MAX, TABLE_IDLE_SLOTS } from "./limits.ts";
import { planTables, usableTables } from "./lookup-tables.ts";
import type { TableAction, TableState } from "./lookup-tables.ts";

const names = Array.from({ length: (TABLES_MAX + 2) * TABLE_ADDRESSES_MAX }, (_, index) => named(`address ${index}`));

function tableOf(index: number, addresses: readonly Address[], changes: Partial<LookupTable> = {}): LookupTable {
  const settled = { deactivatedAt: undefined, lastExtendedSlot: 0n, settledCount: 0 };
  return { address: named(`table ${index}`), authority: named("settler"), addresses, ...settled, ...changes };
}

/** What the table program does. */
function apply({ slot, tables }: TableState, action: TableAction, made: number): TableState {
  if (action.kind === "create") return { slot, tables: [...tables, tableOf(made, [])] };
  const change = (table: LookupTable): LookupTable[] => {
    if (table.address !== action.table.address) return [table];
    switch (action.kind) {
      case "close":
        return [];
      case "deactivate":
        return [{ ...table, deactivatedAt: slot }];
      case "extend": {
        assert.ok(action.added.length <= EXTENSION_ADDRESSES_MAX);
        const addresses = [...table.addresses, ...action.added];
        assert.ok(addresses.length <= TABLE_ADDRESSES_MAX);
        assert.equal(new Set(addresses).size, addresses.length, "nothing is in a table twice");
        return [{ ...table, addresses, settledCount: table.addresses.length, lastExtendedSlot: slot }];
      }
    }
  };
  return { slot, tables: tables.flatMap(change) };
}

class Simulation {
  state: TableState = { slot: 1_000_000n, tables: [] };
  #made = 0;

  pass(slots: bigint): void {
    this.state = { ...this.state, slot: this.state.slot + slots };
  }

  /** Follows plans until they are empty. */
  tend(wanted: readonly Address[]): number {
    for (let steps = 0; ; steps += 1) {
      assert.ok(steps < 200, "plans come to an end");
      this.pass(1n);
      const plan = planTables(this.state, wanted);
      if (plan.length === 0) return steps;
      for (const action of plan) this.state = apply(this.state, action, (this.#made += 1));
    }
  }

  get active(): number {
    return this.state.tables.filter(({ deactivatedAt }) => deactivatedAt === undefined).length;
  }
}

test("whatever is wanted can be looked up after some plans, and in the end nothing is left", () => {
  const range = fc.record({
    from: fc.nat(1_000),
    count: fc.nat(600),
    slots: fc.constantFrom(1n, 600n, TABLE_IDLE_SLOTS),
  });
  fc.assert(
    fc.property(fc.array(range, { maxLength: 8 }), (ranges) => {
      const simulation = new Simulation();
      for (const { from, count, slots } of ranges) {
        const wanted = names.slice(from, from + count);
        simulation.tend(wanted);
        const usable = new Set(usableTables(simulation.state).flatMap((table) => table.addresses));
        assert.ok(wanted.every((address) => usable.has(address)));
        simulation.pass(slots);
      }
      for (const slots of [TABLE_IDLE_SLOTS, DEACTIVATION_SLOTS]) {
        simulation.pass(slots);
        simulation.tend([]);
      }
      assert.deepEqual(simulation.state.tables, []);
    }),
    { numRuns: 60 },
  );
});

test("no more tables are made than are allowed, and the first wanted ones are in them", () => {
  const simulation = new Simulation();
  simulation.tend(names);
  assert.equal(simulation.active, TABLES_MAX);
  const usable = new Set(usableTables(simulation.state).flatMap((table) => table.addresses));
  assert.deepEqual(usable, new Set(names.slice(0, TABLES_MAX * TABLE_ADDRESSES_MAX)));
});

test("the fullest table is filled first, and one is made only where there is no room", () => {
  const [some, more] = [tableOf(1, names.slice(0, 10)), tableOf(2, names.slice(10, 250))];
  const state = { slot: 5n, tables: [some, more] };
  const wanted = [...names.slice(0, 250), ...names.slice(300, 310)];
  const plan = planTables(state, wanted);
  assert.deepEqual(
    plan.map((action) => (action.kind === "extend" ? [action.table.address, action.added.length] : action.kind)),
    [[more.address, 10]],
  );
  const full = { slot: 5n, tables: [tableOf(1, names.slice(0, TABLE_ADDRESSES_MAX))] };
  assert.deepEqual(planTables(full, names.slice(0, TABLE_ADDRESSES_MAX + 1)), [{ kind: "create" }]);
});

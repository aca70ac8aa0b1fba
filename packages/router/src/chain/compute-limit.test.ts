// The figures of other programs are those of the real ones, and what is asked for is enough.
import assert from "node:assert/strict";
import { test } from "node:test";
import { buildCreateTable, readLookupTable } from "@aimo-network/escrow/batch/lookup-table";
import type { LookupTable } from "@aimo-network/escrow/batch/lookup-table";
import { associatedPayee } from "@aimo-network/escrow/build/payee";
import { INSTRUCTION_UNITS } from "@aimo-network/escrow/figures";
import { named, signer } from "@aimo-network/escrow/test-bed/chain";
import type { Outcome } from "@aimo-network/escrow/test-bed/chain";
import { Scene } from "@aimo-network/escrow/test-bed/scene";
import { FOREIGN_UNITS, computeLimit } from "./compute-limit.ts";
import type { MeasuredInstruction } from "./compute-limit.ts";
import { COMPUTE_MARGIN_UNITS } from "./limits.ts";
import { tableInstructions } from "./lookup-tables.ts";
import type { TableAction } from "./lookup-tables.ts";
import { RememberedChain } from "./test-bed/remembered-chain.ts";

const PEOPLE = 20;

/** The compute units of a transaction of one instruction, whatever it calls. */
function unitsOf({ isOk, logs }: Outcome): bigint {
  assert.ok(isOk, logs.join("\n"));
  const consumed = logs.map((log) => /consumed ([0-9]+) of/.exec(log)?.[1]).filter((units) => units !== undefined);
  return BigInt(consumed.at(-1) ?? 0); // the call that ended last is the outermost
}

function knowSlots(chain: RememberedChain): void {
  chain.pass(1n);
  const recent = Array.from({ length: 512 }, (_, index) => ({
    slot: chain.slot - 1n - BigInt(index),
    hash: named("block"),
  }));
  chain.svm.setSlotHashes(recent);
}

test("the table program takes these units", async () => {
  const chain = new RememberedChain();
  const authority = signer(named("settler"));
  const payer = signer(chain.payer);
  knowSlots(chain);
  const parties = { authority, payer, recentSlot: chain.slot - 1n };
  const { table, instructions } = await buildCreateTable(parties);
  const created = unitsOf(chain.send(...instructions)); // a few less or more, as it finds the slot among the recent ones
  assert.ok(created <= FOREIGN_UNITS.createTable && created > FOREIGN_UNITS.createTable - 200n, `${created}`);
  const read = (): LookupTable => readLookupTable({ ...chain.account(table)!, exists: true })!;
  const act = async (action: TableAction): Promise<bigint> =>
    unitsOf(chain.send(...(await tableInstructions(action, parties))));
  const added = Array.from({ length: 25 }, (_, index) => named(`address ${index}`));
  assert.equal(await act({ kind: "extend", table: read(), added }), FOREIGN_UNITS.extendTable);
  assert.equal(await act({ kind: "deactivate", table: read() }), FOREIGN_UNITS.deactivateTable);
  chain.pass(600n);
  knowSlots(chain);
  assert.equal(await act({ kind: "close", table: read() }), FOREIGN_UNITS.closeTable);
});

test("what is asked for is enough for accounts whose addresses take some searching", async () => {
  const scene = await Scene.open({}, "router", new RememberedChain());
  const found: bigint[] = [];
  for (let index = 0; index < PEOPLE; index += 1) {
    const person = named(`person ${index}`);
    await scene.bed.know(person);
    const config = scene.bed.readConfig();
    const { preparations } = await associatedPayee(signer(scene.chain.payer), config, person);
    found.push(unitsOf(scene.chain.send(...preparations)));
    assert.ok(found.at(-1)! <= computeLimit(["createTokenAccount"]));
    assert.ok(unitsOf(scene.chain.send(scene.ask.registerProvider(person))) <= computeLimit(["registerProvider"]));
  }
  const least = found.reduce((one, other) => (one < other ? one : other));
  assert.equal(least, FOREIGN_UNITS.createTokenAccount);
});

test("a limit is the sum of its instructions, the two of the budget, and a margin", () => {
  const names: readonly MeasuredInstruction[] = ["createTokenAccount", "withdrawUser"];
  const sum = FOREIGN_UNITS.createTokenAccount + INSTRUCTION_UNITS["withdrawUser"]!;
  assert.equal(BigInt(computeLimit(names)), sum + 300n + BigInt(COMPUTE_MARGIN_UNITS));
  const own = ["registerProvider", "withdrawProvider", "finalizeExit", "providerFinalizeExit", "collectFees"] as const;
  for (const name of own) assert.ok(computeLimit([name]) > COMPUTE_MARGIN_UNITS);
});

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { BINARY_PATH, readBinary } from "./binary.ts";
import { BATCH_UNITS, ENTRY_UNITS_MAX, INSTRUCTION_UNITS, PROGRAM_BYTES } from "./figures.ts";
import { named, TestChain } from "./test-bed/chain.ts";
import { SampleWorld } from "./test-bed/instruction-samples.ts";
import { RouterBed } from "./test-bed/router-bed.ts";

const USDC = 1_000_000n;
const PROVIDERS = 8;
const COUNTS = Object.keys(BATCH_UNITS).map(Number);

const tested = readBinary(process.env["AIMO_ESCROW_BINARY"]);
const [committed] = readFileSync(`${BINARY_PATH}.sha256`, "utf8").split(" ");
const isCommitted = createHash("sha256").update(tested).digest("hex") === committed;
const exactly = isCommitted
  ? {}
  : { skip: "AIMO_ESCROW_BINARY is another program than the one whose figures are written down" };

/** A batch of so many entries, each of another user. */
async function settle(count: number): Promise<bigint> {
  const chain = new TestChain();
  const bed = await RouterBed.open(chain);
  const users = Array.from({ length: count }, (_, index) => named(`user ${index}`));
  const owners = Array.from({ length: Math.min(count, PROVIDERS) }, (_, index) => named(`owner ${index}`));
  await bed.know(...users, ...owners);
  for (const owner of owners) assert.ok(bed.registerProvider(owner).isOk);
  for (const user of users) {
    bed.giveTokens(user, 100n * USDC);
    assert.ok(bed.openEscrow(user).isOk && bed.deposit(user, 10n * USDC).isOk);
  }
  const entries = users.map((user, index) => ({ user, owner: owners[index % PROVIDERS]!, amount: USDC, seq: 1 }));
  const outcome = bed.settle(entries);
  assert.equal(outcome.error, undefined);
  return outcome.units[0] ?? assert.fail("the log says what a call took");
}

const batchUnits = new Map<number, bigint>();
for (const count of COUNTS) batchUnits.set(count, await settle(count));

/** The units, as they would have to be written down. */
function newTable(units: Iterable<readonly [number | string, bigint]>): string {
  const lines = [...units].map(([title, value]) => `  ${JSON.stringify(title)}: ${value}n,`);
  return `figures.ts and bench/README.md say something else. New:\n${lines.join("\n")}\n`;
}

test("every instruction costs what is written down", exactly, async () => {
  const world = await SampleWorld.create();
  const units = world.samples.map(({ title, instruction }): [string, bigint] => {
    const outcome = world.copy().send(instruction);
    assert.equal(outcome.error, undefined, title);
    return [title, outcome.units[0] ?? 0n];
  });
  assert.deepEqual(Object.fromEntries(units), INSTRUCTION_UNITS, newTable(units));
});

test("batches of every size cost what is written down", exactly, () => {
  assert.deepEqual(Object.fromEntries(batchUnits), BATCH_UNITS, newTable(batchUnits));
});

test("the binary has as many bytes as is written down", exactly, () => {
  assert.equal(tested.length, PROGRAM_BYTES);
});

test("an entry costs at most 500 compute units", () => {
  const [least, most] = [Math.min(...COUNTS), Math.max(...COUNTS)];
  const added = (batchUnits.get(most) ?? 0n) - (batchUnits.get(least) ?? 0n);
  assert.ok(added > 0n && added <= ENTRY_UNITS_MAX * BigInt(most - least), `${added} for ${most - least} entries more`);
});

test("the figures in bench/README.md are these", () => {
  const text = readFileSync(join(import.meta.dirname, "../../../bench/README.md"), "utf8");
  const [, section = ""] = text.split("## The escrow program\n");
  const rows = section
    .split(/\n## /, 1)
    .flatMap((part) => [...part.matchAll(/^\| (?<title>[^|]+?) +\| +(?<units>[0-9,]+) \|$/gm)])
    .map(({ groups }) => [groups?.["title"], groups?.["units"]?.replaceAll(",", "")]);
  const perEntry = (BATCH_UNITS[50]! - BATCH_UNITS[1]!) / 49n;
  const expected = [
    ...Object.entries(INSTRUCTION_UNITS),
    ...Object.entries(BATCH_UNITS).map(([count, units]): [string, bigint] => [`settleBatch, ${count} entries`, units]),
    ["settleBatch, each entry more", perEntry] as const,
    ["bytes of the program", PROGRAM_BYTES] as const,
  ].map(([title, units]) => [title.replace("1 entries", "1 entry"), String(units)]);
  assert.deepEqual(new Map(rows as [string, string][]), new Map(expected as [string, string][]));
});

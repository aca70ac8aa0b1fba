// Batches are believed from the escrow program's own frames only.
import assert from "node:assert/strict";
import { test } from "node:test";
import { getBase64Decoder } from "@solana/kit";
import fc from "fast-check";
import { AIMO_ESCROW_PROGRAM_ADDRESS } from "../generated/programs/aimoEscrow.ts";
import { getSettleEventEncoder } from "../generated/types/settleEvent.ts";
import { ANN, BEN, QUINN } from "../test-bed/cast.ts";
import { named } from "../test-bed/chain.ts";
import { USDC } from "../test-bed/router-instructions.ts";
import { Scene } from "../test-bed/scene.ts";
import { addSpoofer, spoofed } from "../test-bed/spoofed-call.ts";
import { readSettleLog } from "./settle-events.ts";
import type { SettleLog } from "./settle-events.ts";

const OURS = AIMO_ESCROW_PROGRAM_ADDRESS;
const OTHER = named("another program");

function read(logs: readonly string[]): SettleLog {
  return readSettleLog(logs, OURS);
}

function dataLine(applied: readonly bigint[], kind = 1): string {
  const event = getSettleEventEncoder().encode({
    batchId: 5n,
    root: new Uint8Array(32),
    feeBps: 250,
    applied: [...applied],
  });
  const bytes = Uint8Array.from(event);
  bytes[0] = kind;
  return `Program data: ${getBase64Decoder().decode(bytes)}`;
}

function framed(program: string, ...lines: readonly string[]): string[] {
  return [`Program ${program} invoke [1]`, ...lines, `Program ${program} success`];
}

test("a real batch is read with every entry: taken, short, and consumed before", async () => {
  const { chain, ask, bed, bill } = await Scene.open();
  const entries = [
    bill(ANN, 40n * USDC),
    { ...bill(ANN, 90n * USDC, QUINN), seq: 2 },
    { ...bill(ANN, 1n), seq: 1 },
    bill(BEN, 7n),
  ];
  const { logs } = chain.send(ask.settle(entries, { batchId: 77n }));
  const { batches, isWhole } = read(logs);
  assert.equal(isWhole, true);
  const root = new Uint8Array(32).fill(7);
  const applied = [40n * USDC, 60n * USDC, "no_op", 7n];
  assert.deepEqual(batches, [{ batchId: 77n, root, feeBps: 250, applied, ordinal: 0 }]);
  assert.equal(bed.readEscrow(ANN).settledTotal, 100n * USDC);
});

test("a batch that another program asked for is the escrow's all the same, and has its instruction's place", async () => {
  const { chain, ask, bill } = await Scene.open();
  addSpoofer(chain);
  const { logs, isOk } = chain.send(ask.requestExit(BEN), spoofed(ask.settle([bill(ANN, 3n)]), []));
  assert.ok(isOk, logs.join("\n"));
  assert.deepEqual(
    read(logs).batches.map(({ applied, ordinal }) => [applied, ordinal]),
    [[[3n], 1]],
  );
});

test("what others log is no batch, whatever it looks like and wherever they log it", () => {
  const line = dataLine([5n]);
  const none = (logs: readonly string[]): void => assert.deepEqual(read(logs).batches, [], logs.join("\n"));
  assert.equal(read(framed(OURS, line)).batches.length, 1);
  none([line]);
  none(framed(OTHER, line));
  none(framed(OTHER, `Program log: x\nProgram ${OURS} invoke [2]`, line, `Program log: x\nProgram ${OURS} success`));
  none(framed(OTHER, `Program log: Program ${OURS} invoke [2]`, line));
  none(framed(OURS, `Program ${OTHER} invoke [2]`, line, `Program ${OTHER} success`));
  none([...framed(OURS), line]);
  assert.equal(readSettleLog(framed(OTHER, line), OTHER).batches.length, 1, "another deployment has its own batches");
});

test("nothing is settled where a call failed, and nothing is certain where the log was cut", async () => {
  const { chain, ask, bill } = await Scene.open();
  const { logs, isOk } = chain.send(ask.settle([bill(ANN, 3n)]), ask.cancelExit(ANN));
  assert.equal(isOk, false);
  assert.ok(logs.some((line) => line.startsWith("Program data: ")));
  assert.deepEqual(read(logs).batches, []);
  const cut = logs.slice(0, logs.findIndex((line) => line.startsWith("Program data: ")) + 1);
  assert.deepEqual(read([...cut, "Log truncated"]), { batches: [], isWhole: false });
});

test("a batch may have 64 entries of 2^53", () => {
  const most = Array.from({ length: 64 }, () => 2n ** 53n);
  const { batches } = read(framed(OURS, dataLine(most)));
  assert.deepEqual(
    batches.map(({ applied }) => applied),
    [most],
  );
});

test("lines that are no event are left out", () => {
  const many = Array.from({ length: 65 }, () => 1n);
  for (const line of [
    dataLine([]),
    dataLine([1n], 2),
    dataLine(many),
    dataLine([2n ** 53n + 1n]),
    "Program data: AQ==",
    "Program data: %",
  ]) {
    assert.deepEqual(read(framed(OURS, line)).batches, [], line);
  }
  fc.assert(
    fc.property(fc.string(), (text) => assert.equal(read(framed(OURS, `Program data: ${text}`)).batches.length, 0)),
  );
});

// Wire bytes are read as kit and the chain read them, and anything else is no transaction.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decompileTransactionMessage,
  getCompiledTransactionMessageDecoder,
  getCompiledTransactionMessageEncoder,
  getTransactionDecoder,
} from "@solana/kit";
import type { AddressesByLookupTableAddress, Instruction, ReadonlyUint8Array } from "@solana/kit";
import fc from "fast-check";
import { SettlementCrowd } from "../test-bed/settlement-crowd.ts";
import { batchInstructions } from "../batch/batch-instructions.ts";
import { TRANSACTION_BYTES_MAX, packEntries } from "../batch/pack.ts";
import { ANN } from "../test-bed/cast.ts";
import { named, signer } from "../test-bed/chain.ts";
import { USDC } from "../test-bed/router-instructions.ts";
import { Scene } from "../test-bed/scene.ts";
import { bytesOf, unsigned } from "../test-bed/wire-bytes.ts";
import { readWireTransaction } from "./wire-transaction.ts";
import type { WireTransaction } from "./wire-transaction.ts";

function read(bytes: Uint8Array) {
  const transaction = readWireTransaction(bytes);
  assert.ok(!("reason" in transaction), "reason" in transaction ? transaction.reason : "");
  return transaction;
}

function reasonOf(bytes: Uint8Array): string {
  const transaction = readWireTransaction(bytes);
  assert.ok("reason" in transaction);
  return transaction.reason;
}

test("legacy and version 0 are read as they were written", async () => {
  const { chain, ask } = await Scene.open();
  const instructions = [ask.deposit(ANN, USDC), ask.withdrawUser(ANN, USDC)];
  for (const version of ["legacy", 0] as const) {
    const transaction = unsigned(chain.payer, instructions, { version });
    const found = read(bytesOf(transaction));
    assert.equal(found.version, version);
    assert.deepEqual(
      found.signatures.map(({ address }) => address),
      Object.keys(transaction.signatures),
    );
    assert.deepEqual(Buffer.from(found.message), Buffer.from(transaction.messageBytes));
    assert.deepEqual(
      found.instructions.map(({ programAddress, data, accounts }) => [
        programAddress,
        Buffer.from(data),
        accounts.map(({ address }) => address),
      ]),
      instructions.map(({ programAddress, data, accounts }) => [
        programAddress,
        Buffer.from(data ?? []),
        accounts?.map(({ address }) => address),
      ]),
    );
    assert.deepEqual(rolesOf(found), rolesByKit(transaction.messageBytes));
  }
});

/** The address and role of each account of each instruction. */
function rolesOf({ instructions }: WireTransaction): unknown {
  return instructions.map(({ accounts }) => accounts.map(({ address, role }) => [address, role]));
}

function rolesByKit(message: ReadonlyUint8Array, tables: AddressesByLookupTableAddress = {}): unknown {
  const compiled = getCompiledTransactionMessageDecoder().decode(message);
  const options = { addressesByLookupTableAddress: tables, lastValidBlockHeight: 1n };
  const instructions: readonly Instruction[] = decompileTransactionMessage(compiled, options).instructions;
  return instructions.map(({ accounts = [] }) => accounts.map(({ address, role }) => [address, role]));
}

test("accounts of tables are found by their place, and stay without an address where the table is not known", async () => {
  const crowd = await SettlementCrowd.gather(20, 2);
  const { bed } = crowd;
  const table = crowd.plantTable("table", [bed.config, ...crowd.users.map((user) => bed.escrowOf(user))]);
  const entries = crowd.users.map((_, index) => crowd.entry(index, index));
  const options = { settler: bed.keys.settler, config: bed.config, tables: [table] };
  const [batch] = packEntries(entries, options);
  assert.ok(batch !== undefined);
  const common = { settler: signer(bed.keys.settler), router: bed.place, root: new Uint8Array(32), batchId: 1n };
  const instructions = batchInstructions(batch, { ...common, computeUnitPrice: 5n });
  const bytes = bytesOf(unsigned(bed.keys.settler, instructions));
  const known = readWireTransaction(bytes, { [table.address]: [...table.addresses] });
  assert.ok(!("reason" in known));
  assert.deepEqual(
    known.instructions[2]?.accounts.map(({ address }) => address),
    instructions[2]?.accounts?.map(({ address }) => address),
  );
  const tables = { [table.address]: [...table.addresses] };
  assert.deepEqual(rolesOf(known), rolesByKit(known.message, tables));
  const unresolved = read(bytes).instructions[2]?.accounts.filter(({ address }) => address === undefined) ?? [];
  assert.equal(unresolved.length, 21);
  assert.deepEqual(unresolved[0]?.lookup, { table: table.address, index: 0 });
  const short = readWireTransaction(bytes, { [table.address]: table.addresses.slice(0, 5) });
  assert.ok(!("reason" in short));
  assert.equal(short.instructions[2]?.accounts.filter(({ address }) => address === undefined).length, 16);
});

test("bytes that no chain takes are unreadable, each for its reason", async () => {
  const { chain, ask } = await Scene.open();
  const bytes = bytesOf(unsigned(chain.payer, [ask.requestExit(ANN)]));
  const changed = (place: number, value: number): Uint8Array =>
    Uint8Array.from(bytes, (byte, index) => (index === place ? value : byte));
  const message = 1 + 2 * 64;
  assert.equal(reasonOf(new Uint8Array()), "it ends too early");
  assert.equal(reasonOf(bytes.slice(0, -1)), "it ends too early");
  assert.equal(reasonOf(Uint8Array.from([...bytes, 0])), "something follows its end");
  assert.match(reasonOf(new Uint8Array(1_233)), /longer than 1232 bytes/);
  assert.match(reasonOf(changed(message, 0x81)), /the version 1, which is not known here/);
  assert.match(reasonOf(changed(message + 1, 3)), /2 places for 3 signatures/);
  assert.match(reasonOf(changed(message + 1, 200)), /fewer accounts than its header says/);
  assert.match(reasonOf(changed(message + 2, 2)), /nobody pays its fee/);
  assert.match(reasonOf(Uint8Array.from([0x82, 0x00, ...bytes.slice(1)])), /written longer than it has to be/);
  const accounts = bytes[message + 4] ?? 0;
  const program = message + 5 + 32 * accounts + 32 + 1;
  assert.match(reasonOf(changed(program, accounts)), /a program that it does not name/);
  assert.match(reasonOf(changed(program, 0)), /a program that it does not name/);
  assert.match(reasonOf(changed(program + 2, accounts)), /an account that the transaction does not/);
  const twice = Uint8Array.from(bytes);
  twice.copyWithin(message + 5 + 32, message + 5, message + 5 + 32);
  assert.match(reasonOf(twice), /names an account twice/);
});

/** A message of one instruction without accounts, signed by nobody. */
function handmade(changes: object): Uint8Array {
  const message = getCompiledTransactionMessageEncoder().encode({
    version: 0,
    header: { numSignerAccounts: 1, numReadonlySignerAccounts: 0, numReadonlyNonSignerAccounts: 1 },
    staticAccounts: [named("payer"), named("program")],
    lifetimeToken: named("a blockhash"),
    instructions: [{ programAddressIndex: 1, accountIndices: [], data: new Uint8Array() }],
    ...changes,
  });
  return Uint8Array.from([1, ...new Uint8Array(64), ...message]);
}

test("lengths, lookups and sizes are read up to their limits", () => {
  const withData = (length: number) =>
    handmade({ instructions: [{ programAddressIndex: 1, accountIndices: [], data: new Uint8Array(length) }] });
  for (const length of [0, 1, 127, 128, 129, 255, 256, 1_000]) {
    assert.equal(read(withData(length)).instructions[0]?.data.length, length);
  }
  const full = TRANSACTION_BYTES_MAX - withData(128).length + 128;
  assert.equal(withData(full).length, TRANSACTION_BYTES_MAX);
  assert.equal(read(withData(full)).instructions[0]?.data.length, full);
  assert.match(reasonOf(withData(full + 1)), /longer than 1232/);

  const lookup = (writable: number, readonly: number) => ({
    lookupTableAddress: named(`table ${writable}`),
    writableIndexes: Array.from({ length: writable }, (_, index) => index % 256),
    readonlyIndexes: Array.from({ length: readonly }, (_, index) => index % 256),
  });
  const withLookups = (...addressTableLookups: object[]) => handmade({ addressTableLookups });
  assert.match(reasonOf(withLookups(lookup(0, 0))), /a lookup of nothing/);
  for (const [writable, readonly] of [
    [1, 0],
    [0, 1],
    [1, 1],
    [1, 2],
  ] as const)
    read(withLookups(lookup(writable, readonly)));
  read(withLookups(lookup(127, 127)));
  assert.match(reasonOf(withLookups(lookup(127, 128))), /more than 256 accounts/);
  const header = { numSignerAccounts: 1, numReadonlySignerAccounts: 0, numReadonlyNonSignerAccounts: 2 };
  assert.match(reasonOf(handmade({ header })), /fewer accounts than its header says/);
  const endless = Uint8Array.from([0xff, 0xff, 0xff, 0xff]);
  assert.match(reasonOf(endless), /above 65,535/);
  assert.match(reasonOf(Uint8Array.from([0xff, 0xff, 0x03])), /ends too early/);
});

test("any bytes are read or given a reason, and what is read kit reads the same", async () => {
  const { chain, ask } = await Scene.open();
  const real = bytesOf(unsigned(chain.payer, [ask.deposit(ANN, USDC), ask.requestExit(ANN)]));
  const mutated = fc
    .array(fc.record({ place: fc.nat(real.length - 1), value: fc.nat(255) }), { maxLength: 3 })
    .map((changes) => {
      const bytes = Uint8Array.from(real);
      for (const { place, value } of changes) bytes[place] = value;
      return bytes;
    });
  const arbitrary = fc.oneof(fc.uint8Array({ maxLength: 1_300 }), mutated, mutated);
  let readable = 0;
  fc.assert(
    fc.property(arbitrary, (bytes) => {
      const found = readWireTransaction(bytes);
      if ("reason" in found) return;
      readable += 1;
      const { messageBytes, signatures } = getTransactionDecoder().decode(bytes);
      assert.deepEqual(
        found.signatures.map(({ address }) => address),
        Object.keys(signatures),
      );
      const compiled = getCompiledTransactionMessageDecoder().decode(messageBytes);
      assert.equal(found.lifetimeToken, compiled.lifetimeToken);
      assert.ok("instructions" in compiled);
      assert.deepEqual(
        found.instructions.map(({ data }) => Buffer.from(data)),
        compiled.instructions.map(({ data }) => Buffer.from(data ?? [])),
      );
    }),
    { numRuns: 2_000 },
  );
  assert.ok(readable > 100);
});

// What a transaction is said to do is what it does, who pays and signs, and what somebody should look at.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { AccountRole, generateKeyPairSigner, signTransaction } from "@solana/kit";
import type { Address, Instruction } from "@solana/kit";
import { getSetComputeUnitLimitInstruction, getSetComputeUnitPriceInstruction } from "@solana-program/compute-budget";
import { getAdvanceNonceAccountInstruction, getTransferSolInstruction } from "@solana-program/system";
import fc from "fast-check";
import { ANN, BEN, LEAVER, MALLORY, PAT, QUINN } from "../test-bed/cast.ts";
import { named, signer } from "../test-bed/chain.ts";
import { SampleWorld } from "../test-bed/instruction-samples.ts";
import { USDC } from "../test-bed/router-instructions.ts";
import type { Scene } from "../test-bed/scene.ts";
import { bytesOf, unsigned } from "../test-bed/wire-bytes.ts";
import { describeTransaction } from "./describe-transaction.ts";
import type { DescribeOptions } from "./describe-transaction.ts";
import type { FlagCode, TransactionDescription } from "./description.ts";

const PAYER = named("payer of all fees");
const TABLE = named("a lookup table");
let world: SampleWorld;
before(async () => {
  world = await SampleWorld.create();
});

async function describeBytes(
  bytes: Uint8Array,
  options: Partial<DescribeOptions> = {},
): Promise<TransactionDescription> {
  const { programAddress } = world.chain;
  const description = await describeTransaction(bytes, { programAddress, ...options });
  assert.ok(description.kind === "transaction", description.kind === "unreadable" ? description.reason : "");
  return description;
}

/** Describes a transaction of these instructions, as somebody who expects the scene's router and mint. */
async function describeAll(instructions: readonly Instruction[], options: Partial<DescribeOptions> = {}) {
  const { mint, config } = world.scene.bed;
  return describeBytes(bytesOf(unsigned(PAYER, instructions)), { mint, router: config, ...options });
}

function codes({ flags }: TransactionDescription): FlagCode[] {
  return flags.map(({ code }) => code);
}

test("a deposit is told with its amount, its source and whose escrow it is for", async () => {
  const { scene } = world;
  const described = await describeAll([scene.ask.deposit(ANN, 5n * USDC)], { feePayer: PAYER });
  const source = scene.bed.associatedOf(ANN);
  assert.equal(
    described.words[0],
    `Deposits 5.00 USDC from ${source} with the signature of ${ANN} into ${ANN}'s escrow at router ${scene.bed.config}.`,
  );
  assert.deepEqual(codes(described), []);
  assert.deepEqual(
    described.actions.map(({ program, name }) => [program, name]),
    [["escrow", "deposit"]],
  );
  const [action] = described.actions;
  assert.ok(action?.escrow !== undefined && "amount" in action.escrow.data);
  assert.equal(action.escrow.data.amount, 5n * USDC);
});

test("each of the 24 instructions is told in words of its own, with nothing that is not known", async () => {
  const { mint } = world.scene.bed;
  const seen = new Set<string>();
  for (const { title, instruction } of world.samples) {
    const bytes = bytesOf(unsigned(PAYER, [instruction]));
    const described = await describeBytes(bytes, { mint, people: [ANN, BEN, PAT, QUINN, LEAVER] });
    const [action] = described.actions;
    assert.ok(action?.name !== undefined && action.escrow !== undefined, title);
    assert.doesNotMatch(action.words, /undefined|\[object|NaN/, title);
    assert.match(action.words, /^[A-Z].*\.$/s, title);
    seen.add(action.name);
    const unusual = codes(described).filter((code) => code !== "foreign_destination" && code !== "unknown_escrow");
    assert.deepEqual(unusual, [], title);
  }
  assert.equal(seen.size, 24);
});

/** One wrong thing at a time, and what is said of it. */
function oddities(scene: Scene, other: Scene): readonly (readonly [FlagCode, Instruction])[] {
  const spare = named("a spare token account");
  const { ask, bed } = scene;
  const exit = ask.requestExit(ANN);
  const extra = { address: MALLORY, role: AccountRole.READONLY };
  return [
    ["foreign_destination", ask.withdrawUser(ANN, USDC, { destination: bed.associatedOf(MALLORY) })],
    ["foreign_destination", ask.finalizeExit(LEAVER, { destination: spare })],
    ["foreign_destination", ask.withdrawProvider(PAT, USDC, { payout: spare })],
    ["foreign_destination", ask.setPayout(PAT, spare)],
    ["foreign_destination", ask.collectFees(1n, { destination: spare })],
    ["foreign_destination", ask.sweepSurplus({ destination: spare })],
    ["foreign_destination", getTransferSolInstruction({ source: signer(ANN), destination: MALLORY, amount: 1n })],
    ["unknown_escrow", ask.deposit(ANN, USDC, { escrow: bed.escrowOf(BEN) })],
    ["wrong_address", ask.withdrawUser(ANN, USDC, { escrow: bed.escrowOf(BEN) })],
    ["wrong_address", ask.deposit(ANN, USDC, { vault: bed.associatedOf(MALLORY) })],
    ["wrong_address", ask.collectFees(1n, { vaultAuthority: MALLORY })],
    ["other_router", other.ask.requestExit(ANN)],
    ["other_mint", ask.deposit(ANN, USDC, { mint: named("another mint") })],
    ["extra_accounts", { ...exit, accounts: [...(exit.accounts ?? []), extra] }],
    ["malformed_instruction", { ...exit, data: Uint8Array.of(6, 0) }],
    ["malformed_instruction", { ...exit, accounts: exit.accounts?.slice(0, 2) ?? [] }],
    ["malformed_instruction", { ...exit, data: Uint8Array.of(4, ...new Uint8Array(40), 3, 0) }],
    ["unknown_instruction", { ...exit, data: Uint8Array.of(24) }],
    ["unknown_instruction", { ...exit, data: new Uint8Array() }],
    ["unknown_program", { ...exit, programAddress: named("a foreign program") }],
  ];
}

test("each oddity is flagged, and only it", async () => {
  for (const [code, instruction] of oddities(world.scene, world.other)) {
    const described = await describeAll([instruction]);
    assert.deepEqual(codes(described), [code], described.words.join("\n"));
    assert.equal(described.flags[0]?.instruction, 0);
    assert.ok(described.words.some((line) => line.startsWith("Attention: ")));
  }
});

test("accounts in a lookup table that is not known are flagged, and told when it is", async () => {
  const { ask, bed, bill } = world.scene;
  const settle = ask.settle([bill(ANN, 5n, PAT), bill(BEN, 7n, PAT)]);
  const ledger = (settle.accounts ?? []).slice(2).map(({ address }) => address);
  const accounts = (settle.accounts ?? []).map((meta) => {
    const addressIndex = ledger.indexOf(meta.address);
    return addressIndex < 0 ? meta : { ...meta, role: AccountRole.WRITABLE, addressIndex, lookupTableAddress: TABLE };
  });
  const unknown = await describeAll([{ ...settle, accounts }]);
  assert.deepEqual(codes(unknown), ["unresolved_lookup"]);
  assert.equal(unknown.words[0], "Calls settle_batch of the escrow program with accounts that are not known here.");
  assert.match(unknown.flags[0]?.words ?? "", new RegExp(TABLE));
  const known = await describeAll([{ ...settle, accounts }], { tables: { [TABLE]: ledger } });
  assert.deepEqual(codes(known), []);
  const entries = "2 entries of 2 escrows for 1 provider, 0.000012 USDC in all";
  assert.equal(known.words[0], `Settles batch 1 at router ${bed.config}: ${entries}.`);
});

test("another fee payer, a high fee and a durable nonce are flagged", async () => {
  const { ask } = world.scene;
  const exit = ask.requestExit(ANN);
  assert.deepEqual(codes(await describeAll([exit], { feePayer: MALLORY })), ["other_fee_payer"]);
  const limit = getSetComputeUnitLimitInstruction({ units: 100_000 });
  const fair = [limit, getSetComputeUnitPriceInstruction({ microLamports: 10_000n }), exit];
  const described = await describeAll(fair);
  assert.deepEqual(codes(described), []);
  assert.deepEqual(described.fee, { payer: PAYER, baseLamports: 10_000n, priorityLamportsMax: 1_000n });
  assert.ok(described.words.includes(`${PAYER} pays the fee, at most 0.000011 SOL.`));
  const high = [limit, getSetComputeUnitPriceInstruction({ microLamports: 2n ** 64n - 1n }), exit];
  assert.deepEqual(codes(await describeAll(high)), ["high_fee"]);
  assert.deepEqual(codes(await describeAll(fair, { feeLamportsMax: 10_999n })), ["high_fee"]);
  assert.deepEqual(codes(await describeAll(fair, { feeLamportsMax: 11_000n })), []);
  const price = getSetComputeUnitPriceInstruction({ microLamports: 1_000_000n });
  for (const [count, units] of [
    [1, 200_000n],
    [3, 600_000n],
    [7, 1_400_000n],
    [8, 1_400_000n],
  ] as const) {
    const { fee } = await describeAll([price, ...Array.from({ length: count }, () => exit)]);
    assert.equal(fee.priorityLamportsMax, units, "without a limit, the chain's own counts");
  }
  const nonce = getAdvanceNonceAccountInstruction({
    nonceAccount: named("a nonce"),
    recentBlockhashesSysvar: named("recent blockhashes"),
    nonceAuthority: signer(ANN),
  });
  const lasting = await describeAll([nonce, exit]);
  assert.deepEqual(codes(lasting), ["durable_nonce"]);
  assert.deepEqual(codes(await describeAll([exit, nonce])), [], "only the first instruction makes it last");
});

test("who has signed is checked, not believed", async () => {
  const [user, payer] = [await generateKeyPairSigner(), await generateKeyPairSigner()];
  const exit = { ...world.scene.ask.requestExit(ANN) };
  const accounts = (exit.accounts ?? []).map((meta, index) =>
    index === 0 ? { address: user.address, role: meta.role } : meta,
  );
  const transaction = unsigned(payer.address, [{ ...exit, accounts }]);
  const states = async (bytes: Uint8Array) => {
    const { signers } = await describeBytes(bytes);
    return signers.map(({ address, signature }) => [address, signature]);
  };
  const places = [payer.address, user.address];
  const nobody = await describeBytes(bytesOf(transaction));
  assert.deepEqual(
    nobody.signers,
    places.map((address) => ({ address, signature: "missing" })),
  );
  assert.ok(nobody.words.includes(`The signature of ${user.address} is missing.`));
  const signed = bytesOf(await signTransaction([user.keyPair, payer.keyPair], transaction));
  assert.deepEqual(await states(signed), [
    [payer.address, "valid"],
    [user.address, "valid"],
  ]);
  const forged = Uint8Array.from(signed);
  forged[1 + 64 + 5]! ^= 1;
  assert.deepEqual(await states(forged), [
    [payer.address, "valid"],
    [user.address, "invalid"],
  ]);
  assert.ok(codes(await describeBytes(forged)).includes("invalid_signature"));
  const changed = Uint8Array.from(signed);
  changed.set([7], changed.length - 2); // cancel_exit instead of request_exit
  assert.deepEqual(await states(changed), [
    [payer.address, "invalid"],
    [user.address, "invalid"],
  ]);
});

test("a runtime without Ed25519 says that it cannot check", async (t) => {
  const user = await generateKeyPairSigner();
  const transaction = unsigned(user.address, [
    getTransferSolInstruction({ source: user, destination: ANN, amount: 1n }),
  ]);
  const signed = bytesOf(await signTransaction([user.keyPair], transaction));
  t.mock.method(crypto.subtle, "importKey", () => Promise.reject(new DOMException("no Ed25519", "NotSupportedError")));
  const described = await describeBytes(signed);
  assert.deepEqual(described.signers, [{ address: user.address, signature: "unchecked" }]);
  assert.ok(described.words.includes(`What stands for the signature of ${user.address} cannot be checked here.`));
});

test("any bytes are described or unreadable", async () => {
  const { scene } = world;
  const real = bytesOf(unsigned(PAYER, [scene.ask.deposit(ANN, USDC), scene.ask.withdrawProvider(PAT, USDC)]));
  const mutated = fc
    .array(fc.record({ place: fc.nat(real.length - 1), value: fc.nat(255) }), { maxLength: 4 })
    .map((changes) => {
      const bytes = Uint8Array.from(real);
      for (const { place, value } of changes) bytes[place] = value;
      return bytes;
    });
  const kinds = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 1_300 }), mutated, mutated, mutated), async (bytes) => {
      const described = await describeTransaction(bytes, { programAddress: world.chain.programAddress });
      kinds.add(described.kind);
      if (described.kind === "transaction") assert.ok(described.words.length > described.actions.length);
    }),
    { numRuns: 300 },
  );
  assert.equal(kinds.size, 2);
});

test("any data and any accounts of every program that is known are described", async () => {
  const programs = [...new Set(world.samples.map(({ instruction }) => instruction.programAddress)), ...KNOWN];
  const drawn = fc.record({
    program: fc.constantFrom(...programs),
    number: fc.nat(30),
    data: fc.uint8Array({ maxLength: 200 }),
    accounts: fc.array(fc.nat(11), { maxLength: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(drawn, async ({ program, number, data, accounts }) => {
      const metas = accounts.map((index) => ({ address: named(`account ${index}`), role: AccountRole.READONLY }));
      const instruction = { programAddress: program, accounts: metas, data: Uint8Array.of(number, ...data) };
      const described = await describeAll([instruction]);
      assert.equal(described.actions.length, 1);
    }),
    { numRuns: 500 },
  );
});

const KNOWN = [
  "11111111111111111111111111111111",
  "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
  "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL",
  "ComputeBudget111111111111111111111111111111",
  "AddressLookupTab1e1111111111111111111111111",
  "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr",
  "L2TExMFKdjpN9kozasaurPirfHy9P8sbXoAN1qA3S95",
] as Address[];

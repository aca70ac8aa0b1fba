// What may come back from a wallet: the same transaction signed, or its own fee and guards beside the same deed; nothing else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkTransaction } from "@aimo-network/escrow/wish/check-transaction";
import { AccountRole, getU64Encoder } from "@solana/kit";
import type { AccountMeta, Address, Instruction } from "@solana/kit";
import { scriptedKey } from "../wallets/test-bed/scripted-wallet.ts";
import { signedBy } from "../wallets/test-wallet/test-wallet.ts";
import { ActFault } from "./act-fault.ts";
import type { MadeTransaction } from "./act.ts";
import { checkSigned } from "./signed-check.ts";
import type { AgreedTransaction, CheckedTransaction } from "./signed-check.ts";
import { FIVE, openScene } from "./test-bed/act-scene.ts";

const SIGNATURE_BYTES = 64;
const LIGHTHOUSE = "L2TExMFKdjpN9kozasaurPirfHy9P8sbXoAN1qA3S95" as Address;
const SYSTEM = "11111111111111111111111111111111" as Address;

const scene = await openScene();
const { key, user, deposit, bytesOf } = scene;

async function agreed(made: MadeTransaction): Promise<AgreedTransaction> {
  const check = await checkTransaction(made.bytes, made.wish);
  assert.equal(check.kind, "as_wished");
  if (check.kind !== "as_wished") throw new Error("unreachable");
  return { ...made, description: check.description };
}

const deal = await agreed(await scene.made());
const give = (bytes: Uint8Array): Promise<CheckedTransaction> => checkSigned(deal, bytes);

async function refusalOf(bytes: Uint8Array | Promise<Uint8Array>, of = deal): Promise<string> {
  const fault = await checkSigned(of, await bytes).then(
    () => assert.fail("it was taken"),
    (error: unknown) => error,
  );
  assert.ok(fault instanceof ActFault);
  assert.equal(fault.kind, "refused");
  return fault.details.join(" ");
}

const sol = (lamports: bigint): Instruction => ({
  programAddress: SYSTEM,
  accounts: [
    { address: user, role: AccountRole.WRITABLE_SIGNER },
    { address: LIGHTHOUSE, role: AccountRole.WRITABLE },
  ],
  data: Uint8Array.from([2, 0, 0, 0, ...getU64Encoder().encode(lamports)]),
});
const guard: Instruction = {
  programAddress: LIGHTHOUSE,
  accounts: [{ address: user, role: AccountRole.READONLY }],
  data: Uint8Array.of(6, 0, 1),
};

/** The deposit with another of its accounts, or the same with more rights. */
function altered(change: (account: AccountMeta) => AccountMeta): Instruction {
  const { accounts = [], ...rest } = deposit();
  const [first, second, ...others] = accounts as readonly AccountMeta[];
  return { ...rest, accounts: [first, second && change(second), ...others].filter((account) => account !== undefined) };
}

test("the same transaction, signed, is taken with its signature", async () => {
  const signed = await signedBy(key, deal.bytes);
  const taken = await give(signed);
  assert.deepEqual(taken.bytes, signed);
  assert.match(taken.signature, /^[1-9A-HJ-NP-Za-km-z]{86,88}$/);
  assert.deepEqual(taken.programs.at(-1), deal.wish.programAddress);
});

test("a wallet may choose the fee, within bounds, and add its guards", async () => {
  const dearer = await signedBy(key, bytesOf([deposit()], { unitPrice: 1_000n }));
  assert.deepEqual((await give(dearer)).bytes, dearer);
  await give(await signedBy(key, bytesOf([deposit(), guard])));
  await give(await signedBy(key, bytesOf([guard, deposit(), guard], { unitPrice: 1_000n })));
  assert.match(
    await refusalOf(signedBy(key, bytesOf([deposit()], { unitPrice: 10n ** 12n }))),
    /fee may be as much as/,
  );
});

for (const [what, instructions] of [
  ["a transaction of another amount", [deposit(FIVE + 1n)]],
  ["one from another account", [altered((account) => ({ ...account, address: LIGHTHOUSE }))]],
  [
    "one with another order of its accounts",
    [{ ...deposit(), accounts: [...(deposit().accounts ?? [])].toReversed() }],
  ],
  ["one that does something more", [deposit(), sol(1n)]],
  ["one that does the same twice", [deposit(), deposit()]],
  ["one that does nothing of it", [guard]],
] as const) {
  test(`${what} is not taken`, async () => {
    assert.match(await refusalOf(signedBy(key, bytesOf(instructions))), /does something else/);
  });
}

test("one that lives longer is not taken, since nobody could say when it is over", async () => {
  const later = bytesOf([deposit()], { blockhash: "9JUFBBPUoQ2wBLdBrrNSNPvhLqiP9GGvqBjbnPFGtbzz" });
  assert.match(await refusalOf(signedBy(key, later)), /lives from another block/);
});

test("what is not signed, or by another, or is none, is not taken", async () => {
  assert.match(await refusalOf(deal.bytes), /signature of \S+ is missing/);
  const stranger = await scriptedKey();
  const signed = Uint8Array.from(deal.bytes);
  signed.set(await stranger.sign(deal.bytes.subarray(1 + SIGNATURE_BYTES)), 1);
  assert.match(await refusalOf(signed), /What stands for the signature of \S+ is not one/);
  assert.match(await refusalOf(Uint8Array.of(1, 2, 3)), /is no transaction/);
  assert.match(await refusalOf(new Uint8Array()), /is no transaction/);
});

test("one flipped bit of what was agreed to is refused", async () => {
  const signed = await signedBy(key, deal.bytes);
  for (let bit = 0; bit < signed.length * 8; bit += 13) {
    const flipped = Uint8Array.from(signed, (byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
    await refusalOf(flipped);
  }
});

test("what the router has signed comes back byte by byte, or not at all", async () => {
  const made = await scene.cosigned();
  const withdrawal = await agreed(made);
  const signed = await signedBy(key, made.bytes);
  assert.deepEqual((await checkSigned(withdrawal, signed)).bytes, signed);
  const changed = Uint8Array.from(signed);
  const last = changed.length - 1;
  changed[last] = (changed[last] ?? 0) ^ 1;
  assert.match(await refusalOf(changed, withdrawal), /is no transaction|after the router had signed/);
  assert.match(await refusalOf(signedBy(key, bytesOf([deposit()])), withdrawal), /after the router had signed it/);
});

test("the router's signature, dropped by a wallet, is put back", async () => {
  const made = await scene.cosigned();
  const withdrawal = await agreed(made);
  const signed = await signedBy(key, made.bytes);
  const dropped = Uint8Array.from(signed);
  dropped.fill(0, 1 + SIGNATURE_BYTES, 1 + 2 * SIGNATURE_BYTES);
  assert.deepEqual((await checkSigned(withdrawal, dropped)).bytes, signed);
});

// What stands beside our instructions is told exactly, and everything else is called unknown.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AccountRole } from "@solana/kit";
import type { Address, Instruction } from "@solana/kit";
import {
  getCloseLookupTableInstruction,
  getCreateLookupTableInstructionAsync,
  getDeactivateLookupTableInstruction,
  getExtendLookupTableInstruction,
  getFreezeLookupTableInstruction,
} from "@solana-program/address-lookup-table";
import {
  getRequestHeapFrameInstruction,
  getSetComputeUnitLimitInstruction,
  getSetComputeUnitPriceInstruction,
  getSetLoadedAccountsDataSizeLimitInstruction,
} from "@solana-program/compute-budget";
import { getAssignInstruction, getCreateAccountInstruction, getTransferSolInstruction } from "@solana-program/system";
import {
  AuthorityType,
  getApproveInstruction,
  getCloseAccountInstruction,
  getCreateAssociatedTokenIdempotentInstruction,
  getSetAuthorityInstruction,
  getTransferCheckedInstruction,
  getTransferInstruction,
} from "@solana-program/token";
import { associatedTokenAddress } from "../addresses.ts";
import { MAINNET_USDC } from "../program-bounds.ts";
import { ANN, BEN, MALLORY } from "../test-bed/cast.ts";
import { named, signer } from "../test-bed/chain.ts";
import { bytesOf, unsigned } from "../test-bed/wire-bytes.ts";
import { describeTransaction } from "./describe-transaction.ts";

const [TABLE, CREATED, ESCROW] = [named("a table"), named("a new account"), named("the escrow program")];
const MEMO = "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr" as Address;

async function tell(instruction: Instruction, people: readonly Address[] = [BEN]) {
  const described = await describeTransaction(bytesOf(unsigned(ANN, [instruction])), {
    programAddress: ESCROW,
    people,
  });
  assert.ok(described.kind === "transaction");
  const [action] = described.actions;
  return { words: action?.words, program: action?.program, flags: described.flags.map(({ code }) => code) };
}

test("known instructions of other programs are told exactly, and raise no flag", async () => {
  const [ann, ben] = await Promise.all(
    [ANN, BEN].map((owner) => associatedTokenAddress({ owner, mint: MAINNET_USDC })),
  );
  assert.ok(ann !== undefined && ben !== undefined);
  const pay = { source: ann, mint: MAINNET_USDC, destination: ben, authority: signer(ANN), decimals: 6 };
  const keys = { address: TABLE, authority: signer(ANN) };
  const cases: readonly (readonly [Instruction, string])[] = [
    [getSetComputeUnitLimitInstruction({ units: 7_000 }), "Limits the compute units to 7000."],
    [getSetComputeUnitPriceInstruction({ microLamports: 5n }), "Offers 5 micro-lamports for each compute unit."],
    [getRequestHeapFrameInstruction({ bytes: 65_536 }), "Asks for 65536 bytes of memory."],
    [
      getSetLoadedAccountsDataSizeLimitInstruction({ accountDataSizeLimit: 9 }),
      "Limits the data of its accounts to 9 bytes.",
    ],
    [
      getTransferCheckedInstruction({ ...pay, amount: 1_500_000n }),
      `Sends 1.5 tokens of the mint ${MAINNET_USDC} from ${ann} of ${ANN} to the token account ${ben} of ${BEN}.`,
    ],
    [
      getCreateAssociatedTokenIdempotentInstruction({ payer: signer(ANN), owner: BEN, mint: MAINNET_USDC, ata: ben }),
      `Opens the token account ${ben} of ${BEN} for the mint ${MAINNET_USDC} where it is missing; ${ANN} pays the rent.`,
    ],
    [
      getTransferSolInstruction({ source: signer(ANN), destination: BEN, amount: 1_500_000_001n }),
      `Sends 1.500000001 SOL from ${ANN} to ${BEN}.`,
    ],
    [
      getCreateAccountInstruction({
        payer: signer(ANN),
        newAccount: signer(CREATED),
        lamports: 10n ** 9n,
        space: 82n,
        programAddress: MALLORY,
      }),
      `Creates the account ${CREATED} of 82 bytes for the program ${MALLORY}; ${ANN} pays 1 SOL into it.`,
    ],
    [getDeactivateLookupTableInstruction(keys), `Takes the lookup table ${TABLE} out of use.`],
    [getFreezeLookupTableInstruction(keys), `Freezes the lookup table ${TABLE} forever.`],
    [
      getCloseLookupTableInstruction({ ...keys, recipient: BEN }),
      `Closes the lookup table ${TABLE}; its rent goes to ${BEN}.`,
    ],
    [
      getExtendLookupTableInstruction({ ...keys, payer: signer(ANN), addresses: [BEN, MALLORY] }),
      `Adds 2 addresses to the lookup table ${TABLE}; ${ANN} pays the rent.`,
    ],
    [{ programAddress: MEMO, data: new TextEncoder().encode("order 5") }, 'Notes: "order 5".'],
  ];
  for (const [instruction, words] of cases)
    assert.deepEqual(await tell(instruction), { words, program: (await tell(instruction)).program, flags: [] });
  const create = await getCreateLookupTableInstructionAsync({ authority: ANN, payer: signer(ANN), recentSlot: 5n });
  const made = await tell(create);
  assert.match(made.words ?? "", new RegExp(`^Makes the lookup table \\S+ of ${ANN}; ${ANN} pays the rent\\.$`));
  assert.deepEqual([made.program, made.flags], ["lookup_table", []]);
});

test("the smallest amounts are told exactly, and data of another length is refused", async () => {
  const pay = { source: TABLE, mint: MAINNET_USDC, destination: CREATED, authority: signer(ANN), amount: 1n };
  const told = async (decimals: number) =>
    (await tell(getTransferCheckedInstruction({ ...pay, decimals }))).words ?? "";
  assert.match(await told(6), /^Sends 0\.000001 tokens /);
  assert.match(await told(0), /^Sends 1 tokens /);
  const sol = getTransferSolInstruction({ source: signer(ANN), destination: BEN, amount: 1n });
  assert.match((await tell(sol)).words ?? "", /^Sends 0\.000000001 SOL /);
  const extend = { address: TABLE, authority: signer(ANN), payer: signer(ANN), addresses: [BEN, MALLORY] };
  for (const whole of [
    sol,
    getTransferCheckedInstruction({ ...pay, decimals: 6 }),
    getExtendLookupTableInstruction(extend),
  ]) {
    for (const data of [whole.data.slice(0, -1), Uint8Array.from([...whole.data, 0])]) {
      const { flags, words } = await tell({ ...whole, data });
      assert.deepEqual(flags, ["malformed_instruction"]);
      assert.match(words ?? "", /in a way that it refuses\.$/);
    }
    const short = await tell({ ...whole, accounts: whole.accounts.slice(0, -1) });
    assert.deepEqual(short.flags, ["malformed_instruction"]);
    const more = await tell({
      ...whole,
      accounts: [...whole.accounts, { address: MALLORY, role: AccountRole.READONLY }],
    });
    assert.ok(more.flags.includes("extra_accounts"));
  }
});

test("what gives tokens or accounts away in other ways is unknown", async () => {
  const owner = signer(ANN);
  const cases = [
    getApproveInstruction({ source: TABLE, delegate: MALLORY, owner, amount: 5n }),
    getSetAuthorityInstruction({
      owned: TABLE,
      owner,
      authorityType: AuthorityType.AccountOwner,
      newAuthority: MALLORY,
    }),
    getCloseAccountInstruction({ account: TABLE, destination: MALLORY, owner }),
    getTransferInstruction({ source: TABLE, destination: CREATED, authority: owner, amount: 5n }),
    getAssignInstruction({ account: signer(ANN), programAddress: MALLORY }),
  ];
  for (const instruction of cases) {
    const told = await tell(instruction);
    assert.deepEqual(told.flags, ["unknown_instruction"]);
    assert.match(told.words ?? "", /not known here/);
  }
});

test("tokens for somebody who is not known, and of another mint, are flagged", async () => {
  const pay = { source: TABLE, destination: CREATED, authority: signer(ANN), amount: 5n, decimals: 6 };
  const told = await tell(getTransferCheckedInstruction({ ...pay, mint: MALLORY }));
  assert.deepEqual(told.flags, ["other_mint", "foreign_destination"]);
  assert.deepEqual(
    (await tell(getTransferSolInstruction({ source: signer(ANN), destination: BEN, amount: 1n }), [])).flags,
    ["foreign_destination"],
  );
});

test("a wallet's guard is named as one, and a memo cannot dress up as more than a memo", async () => {
  const guard = { programAddress: "L2TExMFKdjpN9kozasaurPirfHy9P8sbXoAN1qA3S95" as Address, data: Uint8Array.of(9, 9) };
  const told = await tell(guard);
  assert.deepEqual([told.program, told.flags], ["guard", []]);
  const note = async (text: string) =>
    (await tell({ programAddress: MEMO, data: new TextEncoder().encode(text) })).words;
  assert.equal(await note('a"\n\u202Eb\u0000c'), 'Notes: "a\\u{22}\\u{a}\\u{202e}b\\u{0}c".');
  assert.equal(await note("x".repeat(250)), `Notes: "${"x".repeat(200)}" and 50 more characters.`);
  assert.equal(await note("für 5 € 🙂"), 'Notes: "für 5 € 🙂".');
});

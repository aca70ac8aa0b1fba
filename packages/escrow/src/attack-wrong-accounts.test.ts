// For each instruction an example that lands, and then everything else in each of its accounts' places.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AccountRole,
  downgradeRoleToNonSigner,
  downgradeRoleToReadonly,
  isSignerRole,
  isWritableRole,
} from "@solana/kit";
import type { AccountMeta, Address, EncodedAccount, Instruction } from "@solana/kit";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { TOKEN_PROGRAM_ADDRESS, getMintDecoder, getTokenDecoder } from "@solana-program/token";
import { program as description } from "../idl/program.ts";
import type { EscrowErrorName } from "./error-codes.ts";
import { AIMO_ESCROW_PROGRAM_ADDRESS } from "./generated/programs/aimoEscrow.ts";
import { BEN, IDLER, PAT, QUINN, SPONSOR } from "./test-bed/cast.ts";
import { changesSince, stateOf } from "./test-bed/chain-state.ts";
import { spoiltFormsOf } from "./test-bed/impostors.ts";
import { SampleWorld } from "./test-bed/instruction-samples.ts";
import type { Sample } from "./test-bed/instruction-samples.ts";

const world = await SampleWorld.create();
const { bed } = world.scene;
const beginning = stateOf(world.chain);

/** Which other accounts are right in a place as well. */
type Choice = (account: EncodedAccount) => boolean;

const anyOf =
  (...addresses: readonly Address[]): Choice =>
  ({ address }) =>
    addresses.includes(address);
const anyBut =
  (...addresses: readonly Address[]): Choice =>
  ({ address }) =>
    !addresses.includes(address);
const isEmpty: Choice = ({ programAddress, data }) => programAddress === SYSTEM_PROGRAM_ADDRESS && data.length === 0;
const canPay: Choice = (account) => isEmpty(account) && account.lamports > 10n ** 9n;
const isMint: Choice = ({ programAddress, data }) =>
  programAddress === TOKEN_PROGRAM_ADDRESS && data.length === 82 && getMintDecoder().decode(data).decimals === 6;
const isTokenAccount: Choice = ({ address, programAddress, data }) =>
  programAddress === TOKEN_PROGRAM_ADDRESS &&
  data.length === 165 &&
  getTokenDecoder().decode(data).mint === bed.mint &&
  address !== bed.vault;

/** Places in which more than one account is right, and which; everywhere else exactly one is. */
const FREE: Readonly<Record<string, readonly [why: string, Choice]>> = {
  "initConfig.payer": ["whoever signs may pay", canPay],
  "initConfig.admin": ["the admin is who signs as it", anyBut()],
  "initConfig.mint": ["a router chooses its mint", isMint],
  "openEscrow.payer": ["a sponsor may pay", canPay],
  "deposit.escrow": ["anybody may pay for any user who is not leaving", anyOf(bed.escrowOf(BEN), bed.escrowOf(IDLER))],
  "settleBatch.escrow": ["what is empty is a closed escrow, of which nothing is taken", isEmpty],
  "settleBatch.provider": ["the settler says who earned it", anyOf(bed.providerOf(QUINN))],
  "withdrawUser.destination": ["the user says where to", isTokenAccount],
  "finalizeExit, signed by the user.destination": ["the user says where to", isTokenAccount],
  "closeEscrow.closer": ["who paid the rent may close too", anyOf(SPONSOR)],
  "closeEscrow, by who paid the rent.closer": ["the user may close too", anyOf(IDLER)],
  "registerProvider.payer": ["whoever signs may pay", canPay],
  "setPayout.cosigner": ["who does not sign here is nobody", anyBut(PAT)],
  "setPayout.payout": ["the owner says where to", isTokenAccount],
  "setPayout, cosigned.payout": ["the owner says where to", isTokenAccount],
  "collectFees.destination": ["the fee owner says where to", isTokenAccount],
  "setRoles.cosigner": ["who does not sign here is nobody", anyBut(bed.keys.admin)],
  "setPause.signer": ["guardian or admin", anyOf(bed.keys.admin)],
  "sweepSurplus.destination": ["the fee owner says where to", isTokenAccount],
};

/** What is said to any other account in these places, once a router is open. */
const ERRORS: Readonly<Record<string, EscrowErrorName>> = {
  vault: "BadVault",
  vaultAuthority: "BadVault",
  mint: "BadMint",
  tokenProgram: "BadTokenProgram",
};

const labelOf = (address: Address): string => world.addresses.get(address) ?? address;

/** An account of a sample. */
interface Place {
  readonly sample: Sample;
  /** The name of the account in its instruction. */
  readonly position: string;
  /** Sample and position. */
  readonly name: string;
  readonly right: AccountMeta;
  /** The sample with this account changed. */
  readonly changed: (change: Partial<AccountMeta>) => Instruction;
}

const places: readonly Place[] = world.samples.flatMap((sample) => {
  const accounts = sample.instruction.accounts ?? [];
  return accounts.map((right, index) => {
    const position = sample.positions[index] ?? "";
    const name = `${sample.title}.${position}`;
    const changed: Place["changed"] = (change) => ({
      ...sample.instruction,
      accounts: accounts.with(index, { address: right.address, role: right.role, ...change }),
    });
    return { sample, position, name, right: { address: right.address, role: right.role }, changed };
  });
});

test("every instruction has a sample that lands", () => {
  const landed = new Set<string>();
  for (const { title, instruction } of world.samples) {
    const outcome = world.attempt(instruction);
    assert.ok(outcome.isOk, `${title}: ${outcome.error}`);
    landed.add(title.split(",")[0] ?? "");
  }
  assert.deepEqual(
    [...landed],
    description.program.instructions.map(({ name }) => name),
  );
  assert.deepEqual(changesSince(beginning, world.chain), []);
});

test("in every place of every instruction all other accounts are refused, but where the choice is free", (t) => {
  const freePlaces: string[] = [];
  let attempts = 0;
  for (const { name, position, sample, right, changed } of places) {
    const others = [...world.addresses.keys()].filter((address) => address !== right.address);
    // No client and no runtime lets a program that is called be written or sign.
    const sent = others.filter(
      (address) => address !== AIMO_ESCROW_PROGRAM_ADDRESS || right.role === AccountRole.READONLY,
    );
    const outcomes = new Map(sent.map((address) => [address, world.attempt(changed({ address }))]));
    const accepted = sent.filter((address) => outcomes.get(address)?.isOk);
    const [, isRight = anyOf()] = FREE[name] ?? [];
    const expected = sent.filter((address) => isRight(world.account(address)));
    assert.deepEqual(accepted.map(labelOf), expected.map(labelOf), name);
    const error = sample.title === "initConfig" ? undefined : ERRORS[position];
    if (error !== undefined) {
      for (const [address, outcome] of outcomes) assert.equal(outcome.error, error, `${name}: ${labelOf(address)}`);
    }
    assert.deepEqual(changesSince(beginning, world.chain), [], name);
    if (accepted.length > 0) freePlaces.push(name);
    attempts += sent.length;
  }
  assert.deepEqual(freePlaces, Object.keys(FREE));
  t.diagnostic(`${attempts} wrong accounts`);
});

test("an account that is spoilt in any way is refused by the name of what is wrong with it", (t) => {
  const accepted: string[] = [];
  let attempts = 0;
  for (const { name, right, sample } of places) {
    for (const [what, { form, error }] of spoiltFormsOf(world.account(right.address), world.other.bed.config)) {
      world.chain.svm.setAccount(form);
      const outcome = world.attempt(sample.instruction);
      if (outcome.isOk) accepted.push(`${name} ${what}`);
      else if (error !== undefined) assert.equal(outcome.error, error, `${name} ${what}`);
      world.restore(right.address);
      attempts += 1;
    }
    assert.deepEqual(changesSince(beginning, world.chain), [], name);
  }
  // A mint is known by its address, and SPL Token gives none of its accounts away: these cannot come about.
  const isOfMint = /^(?!initConfig).*\.mint of (a foreign program|Token-2022|the system)$/;
  assert.deepEqual(
    accepted.filter((place) => !isOfMint.test(place)),
    // Its owner's matter: nobody else waits for it.
    ["setPayout.payout frozen", "setPayout, cosigned.payout frozen"],
  );
  t.diagnostic(`${attempts} spoilt accounts`);
});

test("whoever has to sign and does not is refused by name", () => {
  const byPosition: Readonly<Record<string, string>> = {
    admin: "NotAdmin",
    newAdmin: "NotPendingAdmin",
    owner: "NotProviderOwner",
    cosigner: "CosignerRequired",
  };
  const byName: Readonly<Record<string, string>> = {
    "initConfig.admin": "MissingSigner", // nobody is admin yet
    "finalizeExit, signed by the user.user": "BadDestination", // a stranger's exit, and not to the associated account
  };
  const accepted: string[] = [];
  for (const { name, position, right, changed } of places.filter((place) => isSignerRole(place.right.role))) {
    const { isOk, error } = world.attempt(changed({ role: downgradeRoleToNonSigner(right.role) }));
    if (isOk) accepted.push(name);
    else assert.equal(error, byName[name] ?? byPosition[position] ?? "MissingSigner", name);
  }
  // Without the cosigner the same is asked by the owner or the admin alone, and waits.
  assert.deepEqual(accepted, ["setPayout, cosigned.cosigner", "setRoles, cosigned.cosigner"]);
  assert.deepEqual(changesSince(beginning, world.chain), []);
});

test("an account that has to be writable and is not is refused", () => {
  const written = places.filter(({ right }) => isWritableRole(right.role));
  const accepted = written.filter(
    ({ right, changed }) => world.attempt(changed({ role: downgradeRoleToReadonly(right.role) })).isOk,
  );
  // Donations are in no total, so that no total changes.
  assert.deepEqual(
    accepted.map(({ name }) => name),
    ["sweepSurplus.config"],
  );
  assert.deepEqual(changesSince(beginning, world.chain), []);
});

test("data that ends early or late is refused, and so are accounts that are missing", () => {
  for (const { title, instruction } of world.samples) {
    const data = Uint8Array.from(instruction.data ?? []);
    const wrongs = Array.from(data, (_, length) => data.slice(0, length));
    for (const wrong of [...wrongs, Uint8Array.from([...data, 0])]) {
      assert.equal(world.attempt({ ...instruction, data: wrong }).error, "BadInstruction", `${title}: ${wrong.length}`);
    }
    const accounts = instruction.accounts ?? [];
    for (const count of accounts.keys()) {
      const { error } = world.attempt({ ...instruction, accounts: accounts.slice(0, count) });
      const isWithoutLedger = title === "settleBatch" && count >= 2;
      assert.equal(error, isWithoutLedger ? "IndexOutOfRange" : "BadInstruction", `${title}: ${count} accounts`);
    }
  }
  assert.deepEqual(changesSince(beginning, world.chain), []);
});

test("no instruction has a number above the last", () => {
  for (let number = description.program.instructions.length; number <= 255; number += 1) {
    const instruction = { ...world.sample("setUrl").instruction, data: Uint8Array.of(number, 0) };
    assert.equal(world.attempt(instruction).error, "BadInstruction");
  }
});

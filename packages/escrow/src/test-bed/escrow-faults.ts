// One fault in an instruction that would have been carried out: who signs, which account it names, or how it is written.
import type { Address } from "@solana/kit";
import type { Situation } from "./escrow-situation.ts";
import type { Instruction, Malformation } from "./model/instruction.ts";
import { NOBODY } from "./model/records.ts";
import type { Account, Key } from "./model/records.ts";

const MALFORMATIONS: readonly Malformation[] = ["a byte less", "a byte more", "an account less", "no such number"];

/** Roles that the address of zeros may stand for, which nobody can sign for. */
const ROLE_ACCOUNTS = new Set(["settler", "cosigner", "signer", "feeOwner", "admin", "newAdmin"]);

type Accounts = Readonly<Record<string, Key>>;

/** The same instruction with another address in one place; `isSigning`: the newcomer signs, as the former one did. */
function replaced(instruction: Instruction, name: string, key: Key, isSigning: boolean): Instruction {
  const accounts: Accounts = { ...instruction.accounts, [name]: key };
  const named = new Set(Object.values(accounts));
  const signers = new Set([...instruction.signers].filter((signer) => named.has(signer)));
  if (isSigning) signers.add(key);
  return { ...instruction, accounts, signers };
}

function keysOf({ world }: Situation, kind: Account["kind"]): Key[] {
  return [...world.accounts].filter(([, account]) => account.kind === kind).map(([key]) => key);
}

/** What may stand in the place of an account of the program. */
function recordsInstead(situation: Situation, kind: "config" | "escrow" | "provider"): Key[] {
  const { scenery, router } = situation;
  const { derive } = scenery.surroundings;
  const others = scenery.routers.filter(({ config }) => config !== router.config);
  const ofOthers = {
    config: [],
    escrow: others.flatMap(({ config }) => scenery.users.map((user) => derive.escrow(config, user)!)),
    provider: others.flatMap(({ config }) => scenery.owners.map((owner) => derive.provider(config, owner)!)),
  }[kind];
  const ofOtherKinds = (["config", "escrow", "provider"] as const)
    .filter((other) => other !== kind)
    .flatMap((other) => keysOf(situation, other));
  const there = kind === "config" ? [] : keysOf(situation, kind);
  const lookingRight = scenery.impostors.filter(({ record }) => record.looksLike === kind).map(({ key }) => key);
  return [
    situation.lot.of([...ofOtherKinds, router.config]),
    ...(ofOthers.length > 0 ? [situation.lot.of(ofOthers)] : []),
    ...(there.length > 0 ? [situation.lot.of(there)] : []),
    ...lookingRight,
    scenery.stranger,
    router.vault,
  ];
}

/** What may stand in an account's place without being it. */
function insteadOf(situation: Situation, instruction: Instruction, name: string): readonly Key[] {
  const { scenery, router, lot } = situation;
  const { oddMints, programs, spares, routers, mints, users, owners, sponsors, stranger } = scenery;
  const others = routers.filter(({ config }) => config !== router.config);
  const spare = [...spares].filter(([, { isInitialized }]) => isInitialized).map(([key]) => key);
  switch (name) {
    case "config":
    case "escrow":
    case "provider":
      return recordsInstead(situation, name);
    case "vault":
      return [lot.of(others).vault, situation.associated(lot.of(users)), router.config];
    case "vaultAuthority":
      return [lot.of(others).vaultAuthority, stranger, router.admins[0]!];
    case "mint":
      // A router may have any mint that does: only those that do not are a fault of init_config.
      return [
        oddMints.nineDecimals,
        oddMints.ofToken2022,
        stranger,
        lot.of(spare),
        ...(instruction.name === "init_config" ? [] : mints.filter((mint) => mint !== router.mint)),
      ];
    case "tokenProgram":
      return [programs.system, programs.escrow, stranger];
    case "source":
      return [router.vault, lot.of(spare), situation.associated(lot.of(users)), ...associatedElsewhere(situation)];
    case "rentPayer":
      return [...sponsors, stranger];
    case "user":
      return users;
    case "owner":
      return [...owners, ...users];
    default:
      return [];
  }
}

/** Token accounts of another mint. */
function associatedElsewhere({ scenery, router }: Situation): Key[] {
  const { users, mints, surroundings } = scenery;
  const elsewhere = mints.filter((mint) => mint !== router.mint);
  return elsewhere.flatMap((mint) => users.map((user) => surroundings.derive.associated(user, mint)!));
}

function withoutSigner(situation: Situation, instruction: Instruction): Instruction {
  const missing = situation.lot.of([...instruction.signers]);
  const signers = new Set([...instruction.signers].filter((key) => key !== missing));
  return { ...instruction, signers };
}

function withHostileSigner(situation: Situation, instruction: Instruction): Instruction {
  const { lot, scenery, router } = situation;
  const signing = Object.entries<Key>(instruction.accounts).filter(([, key]) => instruction.signers.has(key));
  const [name] = lot.of(signing);
  const keysOfRouters = [router, lot.of(scenery.routers)].flatMap((one): readonly Address[] => [
    ...one.admins,
    ...one.settlers,
    ...one.cosigners,
    ...one.guardians,
    ...one.feeOwners,
    one.id,
  ]);
  const people = [...scenery.users, ...scenery.owners, ...scenery.sponsors, scenery.stranger];
  // A router is not opened in nobody's name, for nobody signs for zeros but here.
  const nobody = ROLE_ACCOUNTS.has(name) && instruction.name !== "init_config" ? [NOBODY] : [];
  // Whoever pays rent needs lamports.
  const hostile = name === "payer" ? people : [...keysOfRouters, ...people, ...nobody];
  return replaced(instruction, name, lot.of<Key>(hostile), true);
}

function withWrongAccount(situation: Situation, instruction: Instruction): Instruction {
  const { accounts, signers } = instruction as { readonly accounts: Accounts; readonly signers: ReadonlySet<Key> };
  const candidates = Object.keys(accounts).flatMap((name) => {
    const instead = insteadOf(situation, instruction, name);
    return instead.length === 0 ? [] : [[name, instead] as const];
  });
  if (candidates.length === 0) return instruction;
  const [name, instead] = situation.lot.of(candidates);
  const key = situation.lot.of(instead);
  return replaced(instruction, name, key, signers.has(accounts[name]!));
}

/** The instruction with one fault, or one that turns out to be none: the model says what becomes of it. */
export function withFault(situation: Situation, instruction: Instruction): Instruction {
  const { lot } = situation;
  // A pause that somebody other than the admin only wants to end: see chooseSetPause.
  const areSignersFixed = instruction.name === "set_pause" && instruction.arguments.set === 0;
  const canLackSigner = instruction.signers.size > 0 && !areSignersFixed;
  switch (lot.below(6)) {
    case 0:
      return { ...instruction, malformation: lot.of(MALFORMATIONS) };
    case 1:
      return canLackSigner ? withoutSigner(situation, instruction) : withWrongAccount(situation, instruction);
    case 2:
      return canLackSigner ? withHostileSigner(situation, instruction) : withWrongAccount(situation, instruction);
    default:
      return withWrongAccount(situation, instruction);
  }
}

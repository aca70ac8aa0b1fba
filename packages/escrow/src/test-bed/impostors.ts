// Everything that can stand wrongly in an account's place: all other accounts of a world, and the right one, spoilt.
import { getAddressEncoder } from "@solana/kit";
import type { Address, EncodedAccount } from "@solana/kit";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import type { EscrowErrorName } from "../error-codes.ts";
import { AIMO_ESCROW_PROGRAM_ADDRESS } from "../generated/programs/aimoEscrow.ts";
import { ANN, BEGINNER, CAST, MALLORY, NEWCOMER, PAT } from "./cast.ts";
import { FOREIGN_PROGRAM, TOKEN_2022 } from "./chain-state.ts";
import { named } from "./chain.ts";
import type { TestChain } from "./chain.ts";
import type { RouterBed } from "./router-bed.ts";

// A mint that no router of a world has.
const OTHER_MINT = named("another mint");
/** A token account of Mallory's, beside the associated one. */
export const SPARE_ACCOUNT = named("spare account");

const PROGRAMS = {
  "the escrow program": AIMO_ESCROW_PROGRAM_ADDRESS,
  "SPL Token": TOKEN_PROGRAM_ADDRESS,
  "Token-2022": TOKEN_2022,
  "the system program": SYSTEM_PROGRAM_ADDRESS,
  "the clock": "SysvarC1ock11111111111111111111111111111111" as Address,
};
const CONFIG_KIND = 1;
const MINT_BYTES = 82;

/** Plants what looks like the accounts of a router and is not; what each is, by its address. */
export function plantForgeries(chain: TestChain, bed: RouterBed): Map<Address, string> {
  const models = {
    config: bed.config,
    "ann's escrow": bed.escrowOf(ANN),
    "pat's provider": bed.providerOf(PAT),
    vault: bed.vault,
    mint: bed.mint,
    "mallory's token account": bed.associatedOf(MALLORY),
  };
  const forgeries = new Map<Address, string>();
  for (const [name, model] of Object.entries(models)) {
    const data = dataOf(chain, model);
    for (const [place, owner] of [
      ["a foreign program", FOREIGN_PROGRAM] as const,
      ["Token-2022", TOKEN_2022] as const,
    ]) {
      const label = `${name} in ${place}`;
      chain.plant(named(label), owner, data);
      forgeries.set(named(label), label);
    }
  }
  chain.plantMint(OTHER_MINT);
  chain.plantToken(named("tokens of another mint"), OTHER_MINT, MALLORY, 0n);
  chain.plantToken(SPARE_ACCOUNT, bed.mint, MALLORY, 0n);
  // Anybody may make the vault's authority the owner of a token account; it is not the vault for that.
  chain.plantToken(named("decoy vault"), bed.mint, bed.vaultAuthority, 10n ** 9n);
  const others = ["another mint", "tokens of another mint", "spare account", "decoy vault"];
  for (const label of others) forgeries.set(named(label), label);
  return forgeries;
}

/** All accounts of some routers and their people by address, with what each is. */
export function everythingOf(beds: Readonly<Record<string, RouterBed>>, chain: TestChain): Map<Address, string> {
  const found = new Map<Address, string>();
  for (const [label, address] of Object.entries(PROGRAMS)) found.set(address, label);
  found.set(named("nobody"), "an address nobody has used");
  for (const [router, bed] of Object.entries(beds)) {
    const { config, vault, vaultAuthority, mint, keys } = bed;
    for (const [name, address] of Object.entries({ config, vault, vaultAuthority }))
      found.set(address, `${router}'s ${name}`);
    found.set(mint, "mint");
    for (const [role, key] of Object.entries(keys)) found.set(key, `${router}'s ${role}`);
    found.set(bed.associatedOf(keys.feeOwner), `${router}'s fee tokens`);
    for (const [name, person] of Object.entries(CAST)) {
      found.set(person, name);
      found.set(bed.associatedOf(person), `${name}'s tokens`);
      const members = { escrow: bed.escrowOf(person), provider: bed.providerOf(person) };
      for (const [kind, member] of Object.entries(members)) {
        const isOpen = chain.account(member) !== undefined;
        if (isOpen || person === NEWCOMER || person === BEGINNER) found.set(member, `${name}'s ${kind} at ${router}`);
      }
    }
  }
  return found;
}

/** An account as it must not be. */
export interface SpoiltForm {
  readonly form: EncodedAccount;
  /** What the program says to it where the account is the program's own; a token account is also the token program's. */
  readonly error: EscrowErrorName | undefined;
}

/** An account at its own address, spoilt in every way that its kind can be; by what is wrong with each. */
export function spoiltFormsOf(account: EncodedAccount, otherConfig: Address): ReadonlyMap<string, SpoiltForm> {
  const { programAddress, data } = account;
  if (data.length === 0) return new Map();
  if (programAddress === AIMO_ESCROW_PROGRAM_ADDRESS) return spoiltRecords(account, otherConfig);
  if (programAddress !== TOKEN_PROGRAM_ADDRESS) return new Map();
  const forms = spoiltAnyhow(account);
  const add = (what: string, offset: number, bytes: Iterable<number>): void => {
    forms.set(what, { form: withBytes(account, offset, bytes), error: undefined });
  };
  const isMint = data.length === MINT_BYTES;
  add("uninitialised", isMint ? 45 : 108, [0]);
  if (isMint) add("of nine decimals", 44, [9]);
  else add("frozen", 108, [2]);
  if (!isMint) add("of another mint", 0, getAddressEncoder().encode(OTHER_MINT));
  return forms;
}

function spoiltRecords(account: EncodedAccount, otherConfig: Address): Map<string, SpoiltForm> {
  const forms = spoiltAnyhow(account, "BadOwner", "BadDiscriminator");
  const [kind] = account.data;
  for (const wrong of [0, 1, 2, 3, 4, 255].filter((number) => number !== kind)) {
    forms.set(`of kind ${wrong}`, { form: withBytes(account, 0, [wrong]), error: "BadDiscriminator" });
  }
  for (const wrong of [0, 2, 255]) {
    forms.set(`of version ${wrong}`, { form: withBytes(account, 1, [wrong]), error: "BadVersion" });
  }
  if (kind !== CONFIG_KIND) {
    const form = withBytes(account, 8, getAddressEncoder().encode(otherConfig));
    forms.set("of another router", { form, error: "ConfigMismatch" });
  }
  return forms;
}

function spoiltAnyhow(
  account: EncodedAccount,
  ofOwner?: EscrowErrorName,
  ofLength?: EscrowErrorName,
): Map<string, SpoiltForm> {
  const forms = new Map<string, SpoiltForm>();
  const owners = {
    "a foreign program": FOREIGN_PROGRAM,
    "Token-2022": TOKEN_2022,
    "the system": SYSTEM_PROGRAM_ADDRESS,
  };
  for (const [name, programAddress] of Object.entries(owners)) {
    forms.set(`of ${name}`, { form: { ...account, programAddress }, error: ofOwner });
  }
  const lengths = {
    "without data": new Uint8Array(0),
    "a byte short": account.data.slice(0, -1),
    "a byte long": Uint8Array.from([...account.data, 0]),
  };
  for (const [what, data] of Object.entries(lengths)) {
    forms.set(what, { form: { ...account, data, space: BigInt(data.length) }, error: ofLength });
  }
  return forms;
}

function withBytes(account: EncodedAccount, offset: number, bytes: Iterable<number>): EncodedAccount {
  const data = Uint8Array.from(account.data);
  data.set([...bytes], offset);
  return { ...account, data };
}

function dataOf(chain: TestChain, address: Address): Uint8Array {
  return Uint8Array.from(chain.account(address)?.data ?? []);
}

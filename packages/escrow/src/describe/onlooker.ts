// What somebody who looks at a transaction knows, and can find out without asking the chain.
import type { Address } from "@solana/kit";
import {
  associatedTokenAddress,
  escrowAddress,
  providerAddress,
  routerPlace,
  vaultAddress,
  vaultAuthorityAddress,
} from "../addresses.ts";
import type { RouterPlace } from "../addresses.ts";
import { DEVNET_USDC, MAINNET_USDC } from "../program-bounds.ts";
import type { Flag, FlagCode } from "./description.ts";

/** What the person who is asked to sign expects; nothing is compared with what is left out. */
export interface Expectations {
  /** The deployment that is ours. Any other program is unknown, also one of the same code. */
  readonly programAddress: Address;
  /** Whose escrows and token accounts are known, beside those of the transaction's signers. */
  readonly people?: readonly Address[];
  /** The config of the router this should be about. */
  readonly router?: Address;
  /** The mint this should be about, where it is not Circle's USDC. */
  readonly mint?: Address;
  readonly feePayer?: Address;
  /** The most that the fee should be, in lamports. */
  readonly feeLamportsMax?: bigint;
}

/** Looks at one instruction, and collects what is odd about it. */
export class Onlooker {
  readonly flags: Flag[] = [];
  readonly programAddress: Address;
  readonly #expected: Expectations;
  readonly #people: readonly Address[];
  readonly #instruction: number;

  constructor(expected: Expectations, signers: readonly Address[], instruction: number) {
    this.programAddress = expected.programAddress;
    this.#expected = expected;
    this.#people = [...new Set([...signers, ...(expected.people ?? [])])];
    this.#instruction = instruction;
  }

  flag(code: FlagCode, words: string): void {
    this.flags.push({ code, words, instruction: this.#instruction });
  }

  /** Whether somebody signs, or was named by who asks. */
  isKnown(person: Address): boolean {
    return this.#people.includes(person);
  }

  /** A router in words; flags another one than the one expected. */
  router(config: Address): string {
    const { router } = this.#expected;
    if (router !== undefined && router !== config) this.flag("other_router", `The router is ${config}, not ${router}.`);
    return `router ${config}`;
  }

  /** Flags a mint that is not USDC. */
  mint(mint: Address): void {
    if (!this.#mints().includes(mint)) {
      this.flag("other_mint", `The amounts are of the mint ${mint}, which is not USDC.`);
    }
  }

  #mints(): readonly Address[] {
    return this.#expected.mint === undefined ? [MAINNET_USDC, DEVNET_USDC] : [this.#expected.mint];
  }

  /** Flags a vault or an authority that is not the router's. */
  async vault(config: Address, vault: Address, vaultAuthority?: Address): Promise<void> {
    const router = this.#placeOf(config);
    this.#derived("The vault", vault, await vaultAddress(router));
    if (vaultAuthority === undefined) return;
    this.#derived("The vault's authority", vaultAuthority, await vaultAuthorityAddress(router));
  }

  /** Flags a config that is not the one of this router id. */
  async routerId(config: Address, routerId: Address): Promise<void> {
    const { address } = await routerPlace({ programAddress: this.programAddress, routerId });
    this.#derived("The config", config, address);
  }

  /** A user's escrow in words; flags one that is not the user's. */
  async escrowOf(user: Address, config: Address, escrow: Address): Promise<string> {
    this.#derived(`The escrow of ${user}`, escrow, await escrowAddress(this.#placeOf(config), user));
    return `${user}'s escrow at ${this.router(config)}`;
  }

  /** An escrow in words, with whoever here it belongs to; flags one that belongs to nobody who is known. */
  async escrow(config: Address, escrow: Address): Promise<string> {
    const router = this.#placeOf(config);
    const user = await this.#find(async (person) => (await escrowAddress(router, person)) === escrow);
    if (user !== undefined) return `${user}'s escrow at ${this.router(config)}`;
    this.flag("unknown_escrow", `The escrow ${escrow} belongs to nobody who signs or is named.`);
    return `the escrow ${escrow} at ${this.router(config)}`;
  }

  /** Flags an account that is not the one of this provider. */
  async providerOf(owner: Address, config: Address, provider: Address): Promise<void> {
    const derived = await providerAddress(this.#placeOf(config), owner);
    this.#derived(`The account of the provider ${owner}`, provider, derived);
  }

  /** Whose a provider's account is, if it is one of the people's. */
  async ownerOf(config: Address, provider: Address): Promise<Address | undefined> {
    const router = this.#placeOf(config);
    return this.#find(async (owner) => (await providerAddress(router, owner)) === provider);
  }

  /** Whose associated token account this is, if it is one of the people's. */
  async holderOf(mint: Address, account: Address): Promise<Address | undefined> {
    return this.#find(async (owner) => (await associatedTokenAddress({ owner, mint })) === account);
  }

  /** A destination in words; flags one that is not the owner's own associated token account. */
  async destination(owner: Address | undefined, mint: Address, destination: Address): Promise<string> {
    if (owner !== undefined && (await associatedTokenAddress({ owner, mint })) === destination) {
      return `the token account ${destination} of ${owner}`;
    }
    return this.#elsewhere(owner, destination);
  }

  /** As `destination`, where the instruction does not name the mint: it is one of those that are expected. */
  async payout(owner: Address, payout: Address): Promise<string> {
    for (const mint of this.#mints()) {
      if ((await associatedTokenAddress({ owner, mint })) === payout) return `the token account ${payout} of ${owner}`;
    }
    return this.#elsewhere(owner, payout);
  }

  #elsewhere(owner: Address | undefined, destination: Address): string {
    const whose = owner ?? "somebody who is known here";
    this.flag("foreign_destination", `${destination} is not the associated token account of ${whose}.`);
    return `the token account ${destination}`;
  }

  #placeOf(config: Address): RouterPlace {
    return { address: config, programAddress: this.programAddress };
  }

  #derived(what: string, found: Address, derived: Address): void {
    if (found !== derived) this.flag("wrong_address", `${what} is ${found}, but would be ${derived}.`);
  }

  async #find(isIt: (person: Address) => Promise<boolean>): Promise<Address | undefined> {
    for (const person of this.#people) if (await isIt(person)) return person;
    return undefined;
  }
}

// Where a step stands when it chooses what to do: the world, its lot, a router, and perhaps whom it is about.
import type { Address } from "@solana/kit";
import type { RouterScenery, Scenery } from "./escrow-scenery.ts";
import type { EscrowWorld } from "./escrow-world.ts";
import type { Lot } from "./lot.ts";
import type { Arguments, AccountNames, InstructionName, InstructionOf } from "./model/instruction.ts";
import { NOBODY } from "./model/records.ts";
import type { Config, Escrow, Key, Provider } from "./model/records.ts";

/** Whom a step is about, where the caller knows: a deadline has somebody who waits for it. */
export interface Focus {
  readonly user?: Address;
  readonly owner?: Address;
}

/** A user at a router: the escrow's address, and the escrow where there is one. */
export interface UserThere {
  readonly user: Address;
  readonly key: Address;
  readonly escrow: Escrow | undefined;
}

/** A provider at a router, in the same way. */
export interface OwnerThere {
  readonly owner: Address;
  readonly key: Address;
  readonly provider: Provider | undefined;
}

/** What the choices of a step are made from. */
export class Situation {
  readonly world: EscrowWorld;
  readonly lot: Lot;
  readonly router: RouterScenery;
  readonly focus: Focus;

  constructor(world: EscrowWorld, lot: Lot, router: RouterScenery, focus: Focus = {}) {
    this.world = world;
    this.lot = lot;
    this.router = router;
    this.focus = focus;
  }

  get scenery(): Scenery {
    return this.world.scenery;
  }

  get config(): Config | undefined {
    const found = this.world.account(this.router.config);
    return found.kind === "config" ? found : undefined;
  }

  get time(): bigint {
    return this.world.now.time;
  }

  /** The accounts of a payment out of the router's vault. */
  get payment(): Record<"config" | "vault" | "vaultAuthority" | "mint" | "tokenProgram", Address> {
    const { config, vault, vaultAuthority, mint } = this.router;
    return { config, vault, vaultAuthority, mint, tokenProgram: this.scenery.programs.token };
  }

  userAt(user: Address): UserThere {
    const key = this.scenery.surroundings.derive.escrow(this.router.config, user) as Address;
    const found = this.world.account(key);
    return { user, key, escrow: found.kind === "escrow" ? found : undefined };
  }

  ownerAt(owner: Address): OwnerThere {
    const key = this.scenery.surroundings.derive.provider(this.router.config, owner) as Address;
    const found = this.world.account(key);
    return { owner, key, provider: found.kind === "provider" ? found : undefined };
  }

  associated(owner: Key): Address {
    return this.scenery.surroundings.derive.associated(owner, this.router.mint) as Address;
  }

  /** Whom it is about, else somebody who has an escrow, mostly one that is fit. */
  someUser(isFit: (escrow: Escrow) => boolean = () => true): UserThere {
    const { focus, lot } = this;
    if (focus.user !== undefined) return this.userAt(focus.user);
    const all = this.scenery.users.map((user) => this.userAt(user));
    const fit = all.filter(({ escrow }) => escrow !== undefined && isFit(escrow));
    if (fit.length > 0 && !lot.oneIn(8)) return lot.of(fit);
    const open = all.filter(({ escrow }) => escrow !== undefined);
    return lot.of(open.length > 0 && !lot.oneIn(10) ? open : all);
  }

  /** Whom it is about, else somebody who is registered, mostly one that is fit. */
  someOwner(isFit: (provider: Provider) => boolean = () => true): OwnerThere {
    const { focus, lot } = this;
    if (focus.owner !== undefined) return this.ownerAt(focus.owner);
    const all = this.scenery.owners.map((owner) => this.ownerAt(owner));
    const fit = all.filter(({ provider }) => provider !== undefined && isFit(provider));
    if (fit.length > 0 && !lot.oneIn(8)) return lot.of(fit);
    const registered = all.filter(({ provider }) => provider !== undefined);
    return lot.of(registered.length > 0 && !lot.oneIn(10) ? registered : all);
  }

  /** Any token account to send to: mostly one of the mint, sometimes the vault, a wallet, or an odd one. */
  someDestination(person: Key): Address {
    const { lot, scenery } = this;
    if (!lot.oneIn(4)) return this.associated(person);
    const ofMint = [...scenery.spares].filter(
      ([, { mint, isInitialized }]) => mint === this.router.mint && isInitialized,
    );
    const own = ofMint.find(([, { owner }]) => owner === person);
    if (own !== undefined && lot.oneIn(2)) return own[0] as Address;
    if (!lot.oneIn(3)) return lot.of(ofMint)[0] as Address;
    const others = scenery.users.flatMap((user) => scenery.mints.map((mint) => this.#associatedOf(user, mint)));
    return lot.of([...others, ...scenery.spares.keys(), this.router.vault, scenery.stranger]) as Address;
  }

  #associatedOf(owner: Key, mint: Key): Key {
    return this.scenery.surroundings.derive.associated(owner, mint) ?? NOBODY;
  }

  /** Who has a role; where it is nobody, somebody who once could have had it, or the address of zeros itself. */
  holder(role: Key | undefined, others: readonly Address[]): Address {
    if (role === NOBODY && this.lot.oneIn(3)) return NOBODY as Address;
    return role === undefined || role === NOBODY ? this.lot.of(others) : (role as Address);
  }

  get cosigner(): Address {
    return this.holder(this.config?.roles.cosigner, this.router.cosigners);
  }

  get admin(): Address {
    return this.holder(this.config?.admin, this.router.admins);
  }
}

/** An instruction that those accounts sign whose names follow. */
export function instruct<Name extends InstructionName>(
  name: Name,
  accounts: Readonly<Record<AccountNames[Name], Address>>,
  told: Arguments[Name],
  ...signing: readonly AccountNames[Name][]
): InstructionOf<Name> {
  return { name, accounts, arguments: told, signers: new Set(signing.map((account): Key => accounts[account])) };
}

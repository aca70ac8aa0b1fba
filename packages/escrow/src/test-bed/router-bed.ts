// One router on a test chain, with its keys, its mint, and shorthands for what users and providers do there.
import type { Address } from "@solana/kit";
import { findAssociatedTokenPda, TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import type { RouterPlace } from "../addresses.ts";
import { getConfigDecoder } from "../generated/accounts/config.ts";
import type { Config } from "../generated/accounts/config.ts";
import { getEscrowDecoder } from "../generated/accounts/escrow.ts";
import type { Escrow } from "../generated/accounts/escrow.ts";
import { getProviderDecoder } from "../generated/accounts/provider.ts";
import type { Provider } from "../generated/accounts/provider.ts";
import { getDepositInstruction } from "../generated/instructions/deposit.ts";
import { getInitConfigInstruction } from "../generated/instructions/initConfig.ts";
import { getOpenEscrowInstruction } from "../generated/instructions/openEscrow.ts";
import { getRegisterProviderInstruction } from "../generated/instructions/registerProvider.ts";
import { getSettleBatchInstruction } from "../generated/instructions/settleBatch.ts";
import { findAuthorityPda } from "../generated/pdas/authority.ts";
import { findConfigPda } from "../generated/pdas/config.ts";
import { findEscrowPda } from "../generated/pdas/escrow.ts";
import { findProviderPda } from "../generated/pdas/provider.ts";
import { findVaultPda } from "../generated/pdas/vault.ts";
import type { ParamsArgs } from "../generated/types/params.ts";
import { named, signer } from "./chain.ts";
import type { Outcome, TestChain } from "./chain.ts";

const HOUR = 3_600n;
const DAY = 24n * HOUR;
const USDC = 1_000_000n;

/** The params a router of a test begins with. */
export const PARAMS = {
  feeBps: 250n,
  minDeposit: USDC,
  userExitDelay: DAY,
  providerExitDelay: 7n * DAY,
  allowanceNotice: 12n * HOUR,
  settlerWindow: HOUR,
  settlerWindowCap: 100_000n * USDC,
} satisfies ParamsArgs;

/** An entry as people think of it: who pays whom. */
export interface BedEntry {
  readonly user: Address;
  readonly owner: Address;
  readonly amount: bigint;
  readonly seq: number;
}

/** Everything a router is made of. */
export class RouterBed {
  readonly chain: TestChain;
  readonly keys: Readonly<Record<"routerId" | "admin" | "settler" | "cosigner" | "guardian" | "feeOwner", Address>>;
  readonly mint: Address;
  readonly config: Address;
  readonly vault: Address;
  readonly vaultAuthority: Address;
  /** Where a test's user has tokens, and where providers are paid by default. */
  readonly #associated = new Map<Address, Address>();
  readonly #escrows = new Map<Address, Address>();
  readonly #providers = new Map<Address, Address>();

  private constructor(chain: TestChain, name: string, mint: Address, pdas: readonly [Address, Address, Address]) {
    this.chain = chain;
    this.mint = mint;
    [this.config, this.vault, this.vaultAuthority] = pdas;
    const key = (role: string): Address => named(`${name} ${role}`);
    this.keys = {
      routerId: key("router id"),
      admin: key("admin"),
      settler: key("settler"),
      cosigner: key("cosigner"),
      guardian: key("guardian"),
      feeOwner: key("fee owner"),
    };
  }

  /** A router's addresses without the router: `init` opens it. */
  static async prepare(chain: TestChain, name = "router", mint: Address = named("mint")): Promise<RouterBed> {
    const [config] = await findConfigPda({ routerId: named(`${name} router id`) });
    const [vault] = await findVaultPda({ config });
    const [vaultAuthority] = await findAuthorityPda({ config });
    if (chain.account(mint) === undefined) chain.plantMint(mint);
    return new RouterBed(chain, name, mint, [config, vault, vaultAuthority]);
  }

  /** A router that is open. */
  static async open(chain: TestChain, name?: string, params: ParamsArgs = PARAMS): Promise<RouterBed> {
    const bed = await RouterBed.prepare(chain, name);
    const outcome = bed.init(params);
    if (!outcome.isOk) throw new Error(`init_config: ${outcome.error}\n${outcome.logs.join("\n")}`);
    return bed;
  }

  /** Where a client finds the router. */
  get place(): RouterPlace {
    return { address: this.config, programAddress: this.chain.programAddress };
  }

  get roles(): Record<"settler" | "cosigner" | "guardian" | "feeOwner", Address> {
    const { settler, cosigner, guardian, feeOwner } = this.keys;
    return { settler, cosigner, guardian, feeOwner };
  }

  /** The accounts that every payment out of the vault has. */
  get vaultAccounts(): Record<"config" | "vault" | "vaultAuthority" | "mint", Address> {
    const { config, vault, vaultAuthority, mint } = this;
    return { config, vault, vaultAuthority, mint };
  }

  init(params: ParamsArgs = PARAMS): Outcome {
    return this.chain.send(
      getInitConfigInstruction({
        payer: signer(this.chain.payer),
        routerId: signer(this.keys.routerId),
        admin: signer(this.keys.admin),
        ...this.vaultAccounts,
        roles: this.roles,
        params,
        url: "https://router.example",
      }),
    );
  }

  /** Learns the addresses of people, once; the shorthands below need them. */
  async know(...people: readonly Address[]): Promise<void> {
    for (const person of people) {
      const { config, mint } = this;
      this.#escrows.set(person, (await findEscrowPda({ config, user: person }))[0]);
      this.#providers.set(person, (await findProviderPda({ config, owner: person }))[0]);
      const seeds = { owner: person, mint, tokenProgram: TOKEN_PROGRAM_ADDRESS };
      this.#associated.set(person, (await findAssociatedTokenPda(seeds))[0]);
    }
  }

  escrowOf(user: Address): Address {
    return known(this.#escrows, user);
  }

  providerOf(owner: Address): Address {
    return known(this.#providers, owner);
  }

  associatedOf(person: Address): Address {
    return known(this.#associated, person);
  }

  /** Gives a person an associated token account that holds exactly this. */
  giveTokens(person: Address, amount: bigint): void {
    this.chain.plantToken(this.associatedOf(person), this.mint, person, amount);
  }

  openEscrow(user: Address, allowTotal = 1_000n * USDC, allowExpiresAt = this.chain.time + 365n * DAY): Outcome {
    const accounts = { payer: signer(this.chain.payer), user: signer(user), config: this.config };
    return this.chain.send(
      getOpenEscrowInstruction({ ...accounts, escrow: this.escrowOf(user), allowTotal, allowExpiresAt }),
    );
  }

  deposit(user: Address, amount: bigint, funder = user): Outcome {
    const { config, vault, mint } = this;
    const accounts = { config, vault, mint, escrow: this.escrowOf(user), source: this.associatedOf(funder) };
    return this.chain.send(getDepositInstruction({ ...accounts, funder: signer(funder), amount }));
  }

  registerProvider(owner: Address): Outcome {
    const accounts = { owner, config: this.config, provider: this.providerOf(owner) };
    return this.chain.send(getRegisterProviderInstruction({ ...accounts, payer: signer(this.chain.payer) }));
  }

  settle(entries: readonly BedEntry[], batchId = 1n, root = new Uint8Array(32)): Outcome {
    const addresses = entries.flatMap(({ user, owner }) => [this.escrowOf(user), this.providerOf(owner)]);
    const ledgerAccounts = [...new Set(addresses)];
    return this.chain.send(
      getSettleBatchInstruction({
        settler: signer(this.keys.settler),
        config: this.config,
        root,
        batchId,
        ledgerAccounts,
        entries: entries.map(({ user, owner, amount, seq }) => ({
          escrow: ledgerAccounts.indexOf(this.escrowOf(user)),
          provider: ledgerAccounts.indexOf(this.providerOf(owner)),
          amount,
          seq,
        })),
      }),
    );
  }

  readConfig(): Config {
    return getConfigDecoder().decode(dataAt(this.chain, this.config));
  }

  readEscrow(user: Address): Escrow {
    return getEscrowDecoder().decode(dataAt(this.chain, this.escrowOf(user)));
  }

  readProvider(owner: Address): Provider {
    return getProviderDecoder().decode(dataAt(this.chain, this.providerOf(owner)));
  }
}

function known(addresses: ReadonlyMap<Address, Address>, person: Address): Address {
  const found = addresses.get(person);
  if (found === undefined) throw new Error(`The bed does not know ${person}: call know() first.`);
  return found;
}

function dataAt(chain: TestChain, address: Address): Uint8Array {
  const found = chain.account(address);
  if (found === undefined) throw new Error(`There is no account ${address}.`);
  return Uint8Array.from(found.data);
}

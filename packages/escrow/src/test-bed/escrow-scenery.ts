// Who and what there is in a random sequence: people, routers, mints, token accounts, and accounts that only look right.
import type { Address } from "@solana/kit";
import { address, getAddressEncoder } from "@solana/kit";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { TOKEN_PROGRAM_ADDRESS, findAssociatedTokenPda } from "@solana-program/token";
import { findAuthorityPda } from "../generated/pdas/authority.ts";
import { findConfigPda } from "../generated/pdas/config.ts";
import { findEscrowPda } from "../generated/pdas/escrow.ts";
import { findProviderPda } from "../generated/pdas/provider.ts";
import { findVaultPda } from "../generated/pdas/vault.ts";
import { AIMO_ESCROW_PROGRAM_ADDRESS } from "../generated/programs/aimoEscrow.ts";
import { TestChain, named } from "./chain.ts";
import type { Surroundings } from "./model/draft.ts";
import type { Impostor, Key } from "./model/records.ts";

const MAINNET_USDC = address("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v");
const TOKEN_2022 = address("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");
const BYTES = { config: 1_120, escrow: 216, provider: 232 } as const;
const KINDS = { config: 1, escrow: 2, provider: 3 } as const;

/** A router that is or may be opened: its addresses, and two keys for each role. */
export interface RouterScenery {
  readonly id: Address;
  readonly config: Address;
  readonly vault: Address;
  readonly vaultAuthority: Address;
  readonly mint: Address;
  readonly admins: readonly Address[];
  readonly settlers: readonly Address[];
  readonly cosigners: readonly Address[];
  readonly guardians: readonly Address[];
  readonly feeOwners: readonly Address[];
}

/** An account that only looks like a record of the program. */
export interface ImpostorScenery {
  readonly key: Address;
  readonly record: Omit<Impostor, "lamports">;
  readonly programAddress: Address;
  readonly data: Uint8Array;
}

/** Everything that is the same in every run. */
export interface Scenery {
  readonly surroundings: Surroundings;
  readonly routers: readonly RouterScenery[];
  /** The last of them is a provider too. */
  readonly users: readonly Address[];
  readonly owners: readonly Address[];
  readonly sponsors: readonly Address[];
  readonly stranger: Address;
  readonly mints: readonly Address[];
  /** Not to be had a router for: of nine decimals, and of another program. */
  readonly oddMints: { readonly nineDecimals: Address; readonly ofToken2022: Address; readonly token2022: Address };
  /** Token accounts that are not associated ones, and one of each mint that was never initialised. */
  readonly spares: ReadonlyMap<
    Key,
    { readonly mint: Address; readonly owner: Address; readonly isInitialized: boolean }
  >;
  readonly impostors: readonly ImpostorScenery[];
  readonly programs: { readonly token: Address; readonly system: Address; readonly escrow: Address };
  /** Of each derived address. */
  readonly bumps: ReadonlyMap<Key, number>;
  /** What a person reads instead of an address. */
  readonly labels: ReadonlyMap<Key, string>;
}

/** Collects derived addresses: the client finds them asynchronously, and a run needs them at once. */
class Atlas {
  readonly #derived = new Map<string, Address>();
  readonly bumps = new Map<Key, number>();
  readonly labels = new Map<Key, string>();

  person(name: string): Address {
    const key = named(name);
    this.labels.set(key, name);
    return key;
  }

  label(key: Address, name: string): Address {
    this.labels.set(key, name);
    return key;
  }

  note(name: string, what: string, from: readonly Key[], [key, bump]: readonly [Address, number]): Address {
    this.#derived.set([what, ...from].join(), key);
    this.bumps.set(key, bump);
    this.labels.set(key, name);
    return key;
  }

  derived(what: string, ...from: readonly Key[]): Address | undefined {
    return this.#derived.get([what, ...from].join());
  }
}

async function prepareRouter(atlas: Atlas, place: number, mint: Address): Promise<RouterScenery> {
  const name = `router ${place}`;
  const two = (role: string): Address[] => [0, 1].map((number) => atlas.person(`${name} ${role} ${number}`));
  const id = atlas.person(`${name} id`);
  const config = atlas.note(`${name} config`, "config", [id], await findConfigPda({ routerId: id }));
  const vault = atlas.note(`${name} vault`, "vault", [config], await findVaultPda({ config }));
  const authority = await findAuthorityPda({ config });
  const vaultAuthority = atlas.note(`${name} vault authority`, "vault authority", [config], authority);
  return {
    id,
    config,
    vault,
    vaultAuthority,
    mint,
    admins: two("admin"),
    settlers: two("settler"),
    cosigners: two("cosigner"),
    guardians: two("guardian"),
    feeOwners: two("fee owner"),
  };
}

/** Bytes of a record that would do, were it not for its version or its owner; and no bytes, of another program. */
function prepareImpostors(atlas: Atlas, router: RouterScenery, user: Address): ImpostorScenery[] {
  const encode = getAddressEncoder();
  const records = (["config", "escrow", "provider"] as const).flatMap((looksLike) =>
    [true, false].map((isOfAnotherProgram): ImpostorScenery => {
      const name = isOfAnotherProgram ? `another program's ${looksLike}` : `${looksLike} of version 2`;
      const data = new Uint8Array(BYTES[looksLike]);
      data.set([KINDS[looksLike], isOfAnotherProgram ? 1 : 2], 0);
      if (looksLike !== "config") {
        data.set(encode.encode(router.config), 8);
        data.set(encode.encode(user), 40);
      }
      return {
        key: atlas.person(name),
        record: { kind: "impostor", looksLike, isOfAnotherProgram },
        programAddress: isOfAnotherProgram ? named("another program") : AIMO_ESCROW_PROGRAM_ADDRESS,
        data,
      };
    }),
  );
  const closed: ImpostorScenery = {
    key: atlas.person("another program's empty account"),
    record: { kind: "impostor", looksLike: "a closed one", isOfAnotherProgram: true },
    programAddress: named("another program"),
    data: new Uint8Array(),
  };
  return [...records, closed];
}

async function derivePeople(
  atlas: Atlas,
  { routers, users, owners, mints }: Pick<Scenery, "routers" | "users" | "owners" | "mints">,
): Promise<void> {
  const nameOf = (key: Address): string => atlas.labels.get(key) ?? key;
  for (const [place, { config }] of routers.entries()) {
    for (const user of users) {
      const found = await findEscrowPda({ config, user });
      atlas.note(`escrow of ${nameOf(user)} at router ${place}`, "escrow", [config, user], found);
    }
    for (const owner of owners) {
      const found = await findProviderPda({ config, owner });
      atlas.note(`provider account of ${nameOf(owner)} at router ${place}`, "provider", [config, owner], found);
    }
  }
  for (const [place, mint] of mints.entries()) {
    for (const owner of new Set([...users, ...owners])) {
      const found = await findAssociatedTokenPda({ owner, mint, tokenProgram: TOKEN_PROGRAM_ADDRESS });
      atlas.note(`mint ${place} account of ${nameOf(owner)}`, "associated", [owner, mint], found);
    }
  }
}

/** Finds all addresses; one scenery serves any number of runs. */
export async function prepareScenery(): Promise<Scenery> {
  const atlas = new Atlas();
  const people = (name: string, count: number): Address[] =>
    Array.from({ length: count }, (_, place) => atlas.person(`${name} ${place}`));
  const mints = [atlas.person("mint"), atlas.label(MAINNET_USDC, "USDC")];
  const [mint, usdc] = [mints[0]!, mints[1]!];
  const routers = [
    await prepareRouter(atlas, 0, mint),
    await prepareRouter(atlas, 1, usdc),
    await prepareRouter(atlas, 2, mint),
  ];
  const owners = people("provider", 3);
  const users = [...people("user", 4), owners[0]!];
  await derivePeople(atlas, { routers, users, owners, mints });
  const stranger = atlas.person("stranger");
  const spares = new Map(
    mints.flatMap((of, place) =>
      [stranger, ...users, undefined].map((owner) => [
        atlas.person(`mint ${place} spare of ${atlas.labels.get(owner ?? "") ?? "nobody"}`),
        { mint: of, owner: owner ?? stranger, isInitialized: owner !== undefined },
      ]),
    ),
  );
  const { svm } = new TestChain();
  return {
    surroundings: {
      derive: {
        config: (routerId) => atlas.derived("config", routerId),
        vault: (config) => atlas.derived("vault", config),
        vaultAuthority: (config) => atlas.derived("vault authority", config),
        escrow: (config, user) => atlas.derived("escrow", config, user),
        provider: (config, owner) => atlas.derived("provider", config, owner),
        associated: (owner, of) => atlas.derived("associated", owner, of),
      },
      tokenProgram: TOKEN_PROGRAM_ADDRESS,
      mainnetUsdc: MAINNET_USDC,
      rent: (bytes) => svm.minimumBalanceForRentExemption(bytes),
    },
    routers,
    users,
    owners,
    sponsors: people("sponsor", 2),
    stranger,
    mints,
    oddMints: {
      nineDecimals: atlas.person("mint of nine decimals"),
      ofToken2022: atlas.person("mint of Token-2022"),
      token2022: TOKEN_2022,
    },
    spares,
    impostors: prepareImpostors(atlas, routers[0]!, users[0]!),
    programs: {
      token: TOKEN_PROGRAM_ADDRESS,
      system: SYSTEM_PROGRAM_ADDRESS,
      escrow: AIMO_ESCROW_PROGRAM_ADDRESS,
    },
    bumps: atlas.bumps,
    labels: atlas.labels,
  };
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { microUsdc } from "@aimo-network/protocol/money";
import fc from "fast-check";
import type { ChainSide } from "../../chain/chain-side.ts";
import type { LedgerStandings, UserStanding, ProviderLedger } from "../../ledger/chain-books/standings.ts";
import type { ChainDifference } from "./compare.ts";
import { compareBooks } from "./compare.ts";

type Escrow = ChainSide["escrows"][number];
type Provider = ChainSide["providers"][number];

/** Both sides, as long as they are being made. */
interface Both {
  chain: { -readonly [Name in keyof ChainSide]: ChainSide[Name] } & { escrows: Escrow[]; providers: Provider[] };
  ledger: { -readonly [Name in keyof LedgerStandings]: LedgerStandings[Name] } & {
    users: UserStanding[];
    providers: ProviderLedger[];
  };
}

const USERS = 6;
const PROVIDERS = 4;

/** Books that agree: everything that the chain says is posted. */
function agreed(amounts: readonly number[]): Both {
  let place = 0;
  const amount = (): bigint => BigInt(amounts[place++ % amounts.length]!);
  const escrows = Array.from({ length: USERS }, (_, user): Escrow => {
    const [settled, withdrawn, left] = [amount(), amount(), amount()];
    return {
      wallet: `user ${user}`,
      openedSlot: BigInt(user + 1),
      deposited: microUsdc(settled + withdrawn + left),
      settled: microUsdc(settled),
      withdrawn: microUsdc(withdrawn),
      settleSeq: 3n,
      withdrawSeq: 2n,
      allowance: microUsdc(10n ** 12n),
      stopsAt: 2_000_000_000n,
      exitDueAt: undefined,
      isUrgent: false,
    };
  });
  const providers = Array.from({ length: PROVIDERS }, (_, provider): Provider => {
    const [withdrawn, left] = [amount(), amount()];
    return {
      wallet: `provider ${provider}`,
      openedSlot: 1n,
      earned: microUsdc(withdrawn + left),
      withdrawn: microUsdc(withdrawn),
      withdrawSeq: 1n,
      exitDueAt: undefined,
    };
  });
  const totalUser = escrows.reduce((sum, one) => sum + one.deposited - one.settled - one.withdrawn, 0n);
  const totalProvider = providers.reduce((sum, one) => sum + one.earned - one.withdrawn, 0n);
  const feeAccrued = amount();
  const vaultAmount = totalUser + totalProvider + feeAccrued;
  return {
    chain: { slot: 9n, escrows, providers, totalUser, totalProvider, feeAccrued, vaultAmount },
    ledger: {
      users: escrows.map(({ wallet, openedSlot, deposited, settled, withdrawn }, user) => ({
        user: user + 100,
        wallet,
        owed: (deposited - settled - withdrawn) * 1_000n,
        ...{ openedSlot, deposited, settled, withdrawn },
        isHalted: false,
      })),
      providers: providers.map(({ wallet, earned, withdrawn }, provider) => ({
        provider: provider + 200,
        wallet,
        owed: (earned - withdrawn) * 1_000n,
        ...{ earned, withdrawn },
      })),
      fees: feeAccrued * 1_000n,
      openBatches: 0,
    },
  };
}

type Found = Pick<ChainDifference, "account" | "wallet" | "kind"> & { readonly by: bigint };

/** Each makes the two differ in one place, and says how it is to be found. */
const FAULTS = {
  "the ledger owes a user more": (both: Both, user: number, by: bigint): Found => {
    const row = both.ledger.users[user]!;
    both.ledger.users[user] = { ...row, owed: row.owed + by };
    return { account: "user", wallet: row.wallet, kind: "short", by: -by };
  },
  "the ledger owes a user less": (both: Both, user: number): Found => {
    const row = both.ledger.users[user]!;
    both.ledger.users[user] = { ...row, owed: row.owed - 1n };
    return { account: "user", wallet: row.wallet, kind: "surplus", by: 1n };
  },
  "a deposit is not posted": (both: Both, user: number, by: bigint): Found => {
    const escrow = both.chain.escrows[user]!;
    both.chain.escrows[user] = { ...escrow, deposited: microUsdc(escrow.deposited + by) };
    return { account: "user", wallet: escrow.wallet, kind: "on its way", by: by * 1_000n };
  },
  "a settlement is not posted": (both: Both, user: number): Found => {
    const escrow = both.chain.escrows[user]!;
    both.chain.escrows[user] = { ...escrow, settled: microUsdc(escrow.settled + 1n) };
    return { account: "user", wallet: escrow.wallet, kind: "on its way", by: -1_000n };
  },
  "a withdrawal is not posted": (both: Both, user: number): Found => {
    const escrow = both.chain.escrows[user]!;
    both.chain.escrows[user] = { ...escrow, withdrawn: microUsdc(escrow.withdrawn + 1n) };
    return { account: "user", wallet: escrow.wallet, kind: "on its way", by: -1_000n };
  },
  "an escrow was opened again": (both: Both, user: number): Found => {
    const escrow = both.chain.escrows[user]!;
    both.chain.escrows[user] = {
      ...escrow,
      openedSlot: escrow.openedSlot + 50n,
      withdrawn: microUsdc(escrow.withdrawn + 1n),
    };
    return { account: "user", wallet: escrow.wallet, kind: "on its way", by: -1_000n };
  },
  "an escrow is gone, and not posted": (both: Both, user: number): Found => {
    const [escrow] = both.chain.escrows.filter(({ wallet }) => wallet === `user ${user}`);
    both.chain.escrows = both.chain.escrows.filter((one) => one !== escrow);
    const { owed } = both.ledger.users[user]!;
    return { account: "user", wallet: escrow!.wallet, kind: "on its way", by: -owed };
  },
  "an escrow is gone, and the ledger owes all the same": (both: Both, user: number): Found => {
    both.chain.escrows = both.chain.escrows.filter(({ wallet }) => wallet !== `user ${user}`);
    const row = both.ledger.users[user]!;
    both.ledger.users[user] = { ...row, openedSlot: 0n };
    return { account: "user", wallet: row.wallet, kind: "short", by: -row.owed };
  },
  "the ledger does not know an escrow": (both: Both, user: number): Found => {
    const row = both.ledger.users[user]!;
    both.ledger.users.splice(user, 1);
    return { account: "user", wallet: row.wallet, kind: "on its way", by: row.owed };
  },
  "the ledger owes a provider more": (both: Both, provider: number, by: bigint): Found => {
    const row = both.ledger.providers[provider]!;
    both.ledger.providers[provider] = { ...row, owed: row.owed + by };
    return { account: "provider", wallet: row.wallet, kind: "short", by: -by };
  },
  "earnings are not posted": (both: Both, provider: number, by: bigint): Found => {
    const account = both.chain.providers[provider]!;
    both.chain.providers[provider] = { ...account, earned: microUsdc(account.earned + by) };
    return { account: "provider", wallet: account.wallet, kind: "on its way", by: by * 1_000n };
  },
  "a provider's withdrawal is not posted": (both: Both, provider: number): Found => {
    const account = both.chain.providers[provider]!;
    both.chain.providers[provider] = { ...account, withdrawn: microUsdc(account.withdrawn + 1n) };
    return { account: "provider", wallet: account.wallet, kind: "on its way", by: -1_000n };
  },
  "the chain does not know a provider": (both: Both, provider: number): Found => {
    const { wallet } = both.chain.providers[provider]!;
    both.chain.providers.splice(provider, 1);
    return { account: "provider", wallet, kind: "on its way", by: -both.ledger.providers[provider]!.owed };
  },
} as const;
type Fault = keyof typeof FAULTS;

const withoutWords = ({ differences }: ReturnType<typeof compareBooks>): Found[] =>
  differences
    .map(({ account, wallet, kind, onChain, inLedger }) => ({ account, wallet, kind, by: onChain - inLedger }))
    .toSorted((one, other) => `${one.wallet}`.localeCompare(`${other.wallet}`));

test("books that agree differ in nothing", () => {
  const { chain, ledger } = agreed([5, 7, 11, 1_000_000]);
  const { differences, users, providers, slot } = compareBooks(chain, ledger);
  assert.deepEqual(
    { differences, users, providers, slot },
    { differences: [], users: USERS, providers: PROVIDERS, slot: 9n },
  );
});

test("whatever is made to differ is found, with what it is and by how much, and nothing else", () => {
  const names = fc.constantFrom(...(Object.keys(FAULTS) as Fault[]));
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 3, maxLength: 9 }),
      fc.uniqueArray(fc.record({ name: names, place: fc.nat(PROVIDERS - 1) }), {
        // Of each account only one, and the later places first, so that what is taken out moves nothing else.
        selector: ({ name, place }) => `${/provider|earnings/.test(name)} ${place}`,
      }),
      fc.bigInt({ min: 1n, max: 10n ** 9n }),
      (amounts, faults, by) => {
        const both = agreed(amounts);
        const ordered = faults.toSorted((one, other) => other.place - one.place);
        const expected = ordered.map(({ name, place }) => FAULTS[name](both, place, by));
        const sorted = expected.toSorted((one, other) => `${one.wallet}`.localeCompare(`${other.wallet}`));
        assert.deepEqual(withoutWords(compareBooks(both.chain, both.ledger)), sorted);
      },
    ),
    { numRuns: 500 },
  );
});

test("fees that differ are on their way while anything is, and short or surplus when nothing is", () => {
  const kinds = (change: (both: Both) => void): string[] => {
    const both = agreed([5, 7, 11]);
    change(both);
    return compareBooks(both.chain, both.ledger).differences.map(({ account, kind }) => `${account} ${kind}`);
  };
  assert.deepEqual(
    kinds(({ ledger }) => (ledger.fees += 1n)),
    ["fees short"],
  );
  assert.deepEqual(
    kinds(({ ledger }) => (ledger.fees -= 1n)),
    ["fees surplus"],
  );
  assert.deepEqual(
    kinds(({ ledger }) => {
      ledger.fees += 1n;
      ledger.openBatches = 1;
    }),
    ["fees on its way"],
  );
  const both = agreed([5, 7, 11]);
  FAULTS["a deposit is not posted"](both, 0, 1n);
  both.ledger.fees += 1n;
  assert.deepEqual(
    compareBooks(both.chain, both.ledger).differences.map(({ account, kind }) => `${account} ${kind}`),
    ["user on its way", "fees on its way"],
  );
});

test("a vault that has less than the program owes is short, whatever is on its way, and one that has more is no difference", () => {
  const both = agreed([5, 7, 11]);
  both.chain.vaultAmount -= 1n;
  both.ledger.openBatches = 3;
  FAULTS["a deposit is not posted"](both, 0, 1n);
  const vault = compareBooks(both.chain, both.ledger).differences.at(-1)!;
  assert.deepEqual([vault.account, vault.kind, vault.onChain - vault.inLedger], ["vault", "short", -1_000n]);
  assert.match(vault.why, /issuer/);
  both.chain.vaultAmount += 2n; // somebody gave it
  assert.deepEqual(
    compareBooks(both.chain, both.ledger).differences.map(({ account }) => account),
    ["user"],
  );
});

test("a difference says whose it is and what to do", () => {
  const both = agreed([5, 7, 11]);
  FAULTS["the ledger owes a user more"](both, 2, 1n);
  FAULTS["the ledger owes a provider more"](both, 1, 1n);
  const [user, provider] = compareBooks(both.chain, both.ledger).differences;
  assert.deepEqual(
    [user!.user, user!.wallet, provider!.user, provider!.wallet],
    [102, "user 2", undefined, "provider 1"],
  );
  assert.match(user!.why, /restore the ledger/);
});

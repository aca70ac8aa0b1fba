// Compares chain and ledger, account by account: what differs, by how much, and whether it will pass by itself.
import type { ChainSide } from "../../chain/chain-side.ts";
import type { EscrowStanding, ProviderStanding } from "../../chain/standing.ts";
import type { LedgerStandings, ProviderLedger, UserStanding } from "../../ledger/chain-books/standings.ts";

/**
 * on its way: something is not posted yet, or not landed; surplus: the chain has more, which hurts nobody; short: it has less.
 */
export type DifferenceKind = "on its way" | "surplus" | "short";

/** An account for which chain and ledger do not say the same; amounts in nano-USDC. */
export interface ChainDifference {
  readonly account: "user" | "provider" | "fees" | "vault";
  readonly wallet: string | undefined;
  /** The user's number in the ledger, where it is a user. */
  readonly user: number | undefined;
  readonly kind: DifferenceKind;
  readonly onChain: bigint;
  readonly inLedger: bigint;
  readonly why: string;
}

/** The outcome of a comparison. */
export interface Reconciliation {
  readonly slot: bigint;
  readonly differences: readonly ChainDifference[];
  readonly users: number;
  readonly providers: number;
}

interface Totals {
  readonly onChain: bigint;
  readonly inLedger: bigint;
  /** Whether everything the chain says of the account is posted, and nothing of it is on its way. */
  readonly isSettled: boolean;
}

function kindOf({ onChain, inLedger, isSettled }: Totals): DifferenceKind | undefined {
  if (onChain === inLedger) return undefined;
  if (!isSettled) return "on its way";
  return onChain > inLedger ? "surplus" : "short";
}

const WHY: Readonly<Record<DifferenceKind, string>> = {
  "on its way": "a deposit, settlement, withdrawal or exit is not posted yet: look again in a minute",
  surplus:
    "the chain has more than this ledger knows of: the next whole look posts deposits; anything else was not made here",
  short:
    "the chain has less than this ledger owes: restore the ledger from its last backup, or find who settled or withdrew",
};

function userDifference(
  chain: EscrowStanding | undefined,
  ledger: UserStanding | undefined,
): ChainDifference | undefined {
  const balance = chain === undefined ? 0n : chain.deposited - chain.settled - chain.withdrawn;
  const isPosted =
    chain === undefined
      ? ledger?.openedSlot === 0n
      : ledger?.openedSlot === chain.openedSlot &&
        ledger.deposited === chain.deposited &&
        ledger.settled === chain.settled &&
        ledger.withdrawn === chain.withdrawn;
  const totals = { onChain: balance * 1000n, inLedger: ledger?.owed ?? 0n, isSettled: isPosted };
  const kind = kindOf(totals);
  if (kind === undefined) return undefined;
  const wallet = chain?.wallet ?? ledger?.wallet;
  return { account: "user", wallet, user: ledger?.user, kind, ...totals, why: WHY[kind] };
}

function providerDifference(
  chain: ProviderStanding | undefined,
  ledger: ProviderLedger | undefined,
): ChainDifference | undefined {
  const left = chain === undefined ? 0n : chain.earned - chain.withdrawn;
  const isPosted = (chain?.earned ?? 0n) === ledger?.earned && (chain?.withdrawn ?? 0n) === ledger.withdrawn;
  const totals = { onChain: left * 1000n, inLedger: ledger?.owed ?? 0n, isSettled: isPosted };
  const kind = kindOf(totals);
  if (kind === undefined) return undefined;
  return {
    account: "provider",
    wallet: chain?.wallet ?? ledger?.wallet,
    user: undefined,
    kind,
    ...totals,
    why: WHY[kind],
  };
}

/** Pairs of chain and ledger by wallet; whoever is in one of them only is paired with nothing. */
function pairUp<Chain extends { readonly wallet: string }, Ledger extends { readonly wallet: string }>(
  chain: readonly Chain[],
  ledger: readonly Ledger[],
): (readonly [Chain | undefined, Ledger | undefined])[] {
  const rest = new Map(ledger.map((row) => [row.wallet, row]));
  const pairs: (readonly [Chain | undefined, Ledger | undefined])[] = [];
  for (const account of chain) {
    pairs.push([account, rest.get(account.wallet)]);
    rest.delete(account.wallet);
  }
  for (const row of rest.values()) pairs.push([undefined, row]);
  return pairs;
}

function own(account: "fees" | "vault", totals: Totals): ChainDifference | undefined {
  const kind = kindOf(totals);
  return kind && { account, wallet: undefined, user: undefined, kind, ...totals, why: WHY[kind] };
}

/** Compares the two, which were read one right after the other. */
export function compareBooks(chain: ChainSide, ledger: LedgerStandings): Reconciliation {
  const users = pairUp(chain.escrows, ledger.users);
  const providers = pairUp(chain.providers, ledger.providers);
  const found = [
    ...users.map(([account, row]) => userDifference(account, row)),
    ...providers.map(([account, row]) => providerDifference(account, row)),
  ].filter((difference) => difference !== undefined);
  const isQuiet = ledger.openBatches === 0 && found.every(({ kind }) => kind !== "on its way");
  const fees = own("fees", { onChain: chain.feeAccrued * 1000n, inLedger: ledger.fees, isSettled: isQuiet });
  const liabilities = chain.totalUser + chain.totalProvider + chain.feeAccrued;
  // By the chain alone: what the program owes must be in the vault, whatever this ledger says.
  const vault = own("vault", { onChain: chain.vaultAmount * 1000n, inLedger: liabilities * 1000n, isSettled: true });
  const whole = vault?.kind === "short" ? { ...vault, why: VAULT_SHORT } : undefined;
  return {
    slot: chain.slot,
    users: users.length,
    providers: providers.length,
    differences: [...found, ...[fees, whole].filter((difference) => difference !== undefined)],
  };
}

const VAULT_SHORT =
  "the vault has less than the program owes: only the mint's issuer can take from it; stop, and ask the issuer";

// Compares chain and ledger again and again, and stops promising where the chain has less (docs/accounting.md).
import type { Logger } from "pino";
import type { Standings } from "../../ledger/chain-books/standings.ts";
import { DIFFERENCES_LOGGED_MAX, SHORT_USERS_MAX } from "../limits.ts";
import type { ChainSide } from "../../chain/chain-side.ts";
import type { ChainDifference, Reconciliation } from "./compare.ts";
import { compareBooks } from "./compare.ts";

/** What reconciling needs. */
export interface ReconcilerDeps {
  readonly log: Logger;
  readonly standings: Standings;
  /** Told how much the chain is short of, in nano-USDC, after each comparison. */
  short(nanoUsdc: bigint): void;
}

/** Compares, and remembers what was short the last time. */
export interface Reconciler {
  /**
   * Compares what was just posted with the ledger; gives what differs. Only what was short the last time too, in the
   * same account, halts its user; the vault, or very many users, everybody.
   */
  reconcile(fence: bigint, chain: ChainSide): Promise<Reconciliation>;
  /** Whether nothing at all may be promised. */
  readonly isHalted: boolean;
}

const placeOf = ({ account, wallet = "" }: ChainDifference): string => `${account} ${wallet}`;

/** Creates the reconciler of one leader. */
export function createReconciler({ log, standings, short }: ReconcilerDeps): Reconciler {
  let last: ReadonlySet<string> = new Set();
  let isHalted = false;
  return {
    get isHalted() {
      return isHalted;
    },
    async reconcile(fence, chain) {
      const outcome = compareBooks(chain, await standings.read());
      const lacking = outcome.differences.filter(({ kind }) => kind === "short");
      const twice = lacking.filter((difference) => last.has(placeOf(difference)));
      last = new Set(lacking.map(placeOf));
      const users = twice.flatMap(({ user }) => user ?? []);
      isHalted = twice.some(({ account }) => account === "vault") || users.length > SHORT_USERS_MAX;
      await standings.halt(fence, users);
      short(lacking.reduce((sum, { onChain, inLedger }) => sum + inLedger - onChain, 0n));
      for (const { account, wallet, onChain, inLedger } of lacking.slice(0, DIFFERENCES_LOGGED_MAX)) {
        const amounts = { onChain: String(onChain), inLedger: String(inLedger) };
        log.error({ account, wallet, ...amounts }, "the chain has less than the ledger: run `aimo-router reconcile`");
      }
      return outcome;
    },
  };
}

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
   * same account, halts its user; the vault, or very many users, everybody. What an earlier leader found still counts.
   */
  reconcile(fence: bigint, chain: ChainSide): Promise<Reconciliation>;
  /** Whether nothing at all may be promised. */
  readonly isHalted: boolean;
}

const placeOf = ({ account, wallet = "" }: ChainDifference): string => `${account} ${wallet}`;

/** Creates the reconciler of one leader. */
export function createReconciler({ log, standings, short }: ReconcilerDeps): Reconciler {
  let last: ReadonlySet<string> | undefined;
  let isHalted = false;
  return {
    get isHalted() {
      return isHalted;
    },
    async reconcile(fence, chain) {
      const ledger = await standings.read();
      const outcome = compareBooks(chain, ledger);
      const lacking = outcome.differences.filter(({ kind }) => kind === "short");
      const halted = new Set(ledger.users.filter((row) => row.isHalted).map(({ user }) => user));
      // Whoever is halted stays so until the two agree, also where an earlier leader found it, or something is on its way.
      const staying = outcome.differences.filter(({ user, kind }) => kind !== "surplus" && halted.has(user ?? -1));
      const twice = lacking.filter((difference) => last?.has(placeOf(difference)));
      const users = new Set([...staying, ...twice].flatMap(({ user }) => user ?? []));
      // The vault is compared with the program's own numbers of one slot: a leader's first look is as good as a second.
      const vault = lacking.find(({ account }) => account === "vault");
      isHalted = users.size > SHORT_USERS_MAX || (vault !== undefined && last?.has(placeOf(vault)) !== false);
      last = new Set(lacking.map(placeOf));
      await standings.halt(fence, [...users]);
      short(lacking.reduce((sum, { onChain, inLedger }) => sum + inLedger - onChain, 0n));
      for (const { account, wallet, onChain, inLedger } of lacking.slice(0, DIFFERENCES_LOGGED_MAX)) {
        const amounts = { onChain: String(onChain), inLedger: String(inLedger) };
        log.error({ account, wallet, ...amounts }, "the chain has less than the ledger: run `aimo-router reconcile`");
      }
      return outcome;
    },
  };
}

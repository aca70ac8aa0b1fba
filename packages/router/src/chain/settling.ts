// Settling as the chain takes it: batches packed to its limits, followed by their signatures, read from their logs.
import { windowRoom, pauseState } from "@aimo-network/escrow/accounts/config-facts";
import { readEscrow } from "@aimo-network/escrow/accounts/read-account";
import type { RouterPlace } from "@aimo-network/escrow/addresses";
import { packEntries } from "@aimo-network/escrow/batch/pack";
import type { UsableTable } from "@aimo-network/escrow/batch/pack";
import { explainFailure } from "@aimo-network/escrow/failure";
import { readSettleLog } from "@aimo-network/escrow/logs/settle-events";
import { divide, microUsdc } from "@aimo-network/protocol/money";
import {
  SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE,
  SOLANA_ERROR__TRANSACTION_ERROR__BLOCKHASH_NOT_FOUND,
  isSolanaError,
  signature,
} from "@solana/kit";
import type { Address, Base64EncodedWireTransaction, Signature } from "@solana/kit";
import type { DerivedAddresses } from "./derived-addresses.ts";
import type { Follower } from "./follow.ts";
import type { ChainObservation } from "./observation.ts";
import type { Fate, Sender } from "./send.ts";
import type { BatchFate, SettleChain, SettleWallets } from "./settle-chain.ts";

const BPS = 10_000n;

/** What settling stands on. */
export interface SettlingDeps {
  readonly router: RouterPlace;
  readonly addresses: DerivedAddresses;
  readonly sender: Sender;
  readonly follower: Pick<Follower, "look">;
  /** The latest observation. */
  latest(): ChainObservation | undefined;
  tables(): readonly UsableTable[];
}

/** A transaction's fate as a batch's; its failure under the program's own name, which only its log tells. */
async function batchFate(fate: Fate, sent: Signature, sender: Sender, programAddress: Address): Promise<BatchFate> {
  if (fate === "unknown") return { kind: "unknown" };
  if (fate.kind === "seen") return { kind: "seen" };
  if (fate.kind === "landed") return fate.atCommitment ? { kind: "landed", slot: fate.slot } : { kind: "seen" };
  if (!fate.isFinal) return { kind: "seen" };
  const logs = (await sender.transaction(sent))?.logs ?? null;
  return { kind: "failed", reason: explainFailure({ error: fate.error, logs }, programAddress).error.message };
}

/** Whether a node only says that a transaction has expired: it may have landed before, and its height tells when it is dead. */
function isExpired(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const reason = isSolanaError(cause, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE)
    ? cause.cause
    : cause;
  return isSolanaError(reason, SOLANA_ERROR__TRANSACTION_ERROR__BLOCKHASH_NOT_FOUND);
}

/** Creates settling on a chain. */
export function createSettling({ router, addresses, sender, follower, latest, tables }: SettlingDeps): SettleChain {
  const { escrowOf, providerOf } = addresses;
  const escrowsOf = (wallets: readonly Pick<SettleWallets, "userWallet">[]): Promise<Address[]> =>
    Promise.all([...new Set(wallets.map(({ userWallet }) => userWallet))].map(escrowOf));
  return {
    room() {
      const seen = latest();
      if (seen === undefined) return undefined;
      const { data } = seen.config;
      return {
        windowRoom: windowRoom(data, seen.time),
        windowCap: microUsdc(data.params.settlerWindowCap),
        isPaused: pauseState(data, "settle", seen.time).isPaused,
      };
    },
    async pack(pairs) {
      const settler = latest()?.config.data.roles.settler;
      if (settler === undefined) return [];
      const numbers = new Map<Address, number>();
      const entries = [];
      for (const { userWallet, providerWallet } of pairs) {
        const escrow = await escrowOf(userWallet);
        const seq = (numbers.get(escrow) ?? 0) + 1; // stands for the number it will have: all take the same room
        numbers.set(escrow, seq);
        entries.push({ escrow, provider: await providerOf(providerWallet), amount: microUsdc(1n), seq });
      }
      const placeOf = new Map(entries.map((entry, place) => [entry, place]));
      const batches = packEntries(entries, { settler, config: router.address, tables: tables() });
      return batches.map((batch) => batch.entries.flatMap((entry) => placeOf.get(entry) ?? []));
    },
    async submit(wire) {
      try {
        await sender.submit(wire as Base64EncodedWireTransaction);
      } catch (error) {
        if (!isExpired(error)) throw error;
      }
    },
    async fate(text) {
      const sent = signature(text);
      const [fate = "unknown"] = await sender.fates([sent], { inHistory: true });
      return await batchFate(fate, sent, sender, router.programAddress);
    },
    isDead: (lastValidBlockHeight) => sender.isDeadEverywhere(lastValidBlockHeight),
    async areUnapplied(entries) {
      const snapshots = await sender.everywhere(await escrowsOf(entries));
      return snapshots.every(({ accounts }) => {
        const escrows = accounts.map((account) => readEscrow(account, router)?.data);
        return entries.every(({ userWallet, openedSlot, seq }) => {
          const escrow = escrows.find((one) => one?.user === userWallet);
          return escrow?.openedSlot === openedSlot && BigInt(escrow.settleSeq) < seq;
        });
      });
    },
    async log(text) {
      const landed = await sender.transaction(signature(text));
      if (landed === undefined || landed.error !== null) return undefined;
      const [batch] = readSettleLog(landed.logs, router.programAddress).batches;
      if (batch === undefined) return undefined;
      const feeOf = (applied: bigint) => microUsdc(divide(applied * BigInt(batch.feeBps), BPS, "down"));
      return {
        slot: landed.slot,
        entries: batch.applied.map((applied) => (applied === "no_op" ? "noop" : { applied, fee: feeOf(applied) })),
      };
    },
    look: async (wallets) => follower.look(await escrowsOf(wallets)),
  };
}

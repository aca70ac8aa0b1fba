// Signs a settlement batch: read from the ledger by its number, held against the chain, built here, within the window.
import { batchInstructions } from "@aimo-network/escrow/batch/batch-instructions";
import { packEntries } from "@aimo-network/escrow/batch/pack";
import type { PackedBatch } from "@aimo-network/escrow/batch/pack";
import type { BatchEntry } from "@aimo-network/escrow/build/foresee-batch";
import { buildSettleBatch } from "@aimo-network/escrow/build/settle-batch";
import { escrowAddress, providerAddress } from "@aimo-network/escrow/addresses";
import type { RouterPlace } from "@aimo-network/escrow/addresses";
import type { LedgerAccounts } from "@aimo-network/escrow/accounts/ledger-accounts";
import { address } from "@solana/kit";
import type { SettleEntry } from "../ledger/chain-books/settlement.ts";
import type { PlacedEntry } from "./batch-policy.ts";
import {
  batchEntries,
  entriesAlive,
  escrowsOf,
  insistAccountsFit,
  insistFewAccounts,
  insistMaySettle,
  insistWithinWindow,
  readyBatch,
} from "./batch-policy.ts";
import type { ChainView } from "./chain-view.ts";
import { viewChain, viewEscrows } from "./chain-view.ts";
import { viewBatch } from "./ledger-view.ts";
import { asTheProgram, refusal } from "./refuse.ts";
import type { SignedTransaction } from "./signer.ts";
import type { SigningDesk } from "./signing-desk.ts";
import { boundedPrice, signingMoment } from "./signing-desk.ts";
import { signInstructions } from "./transaction.ts";
import type { UnseenEntries, UnseenEntry } from "./unseen-entries.ts";

function place(router: RouterPlace, entries: readonly SettleEntry[]): Promise<readonly PlacedEntry[]> {
  return Promise.all(
    entries.map(async (entry) => {
      const [escrow, provider] = await Promise.all([
        escrowAddress(router, address(entry.userWallet)),
        providerAddress(router, address(entry.providerWallet)),
      ]);
      return { ...entry, escrow, provider };
    }),
  );
}

/** Packs entries into the one transaction they were cut for, by lookup tables where they are too many to be named. */
async function packInOne(desk: SigningDesk, entries: readonly BatchEntry[]): Promise<PackedBatch> {
  const { keys, place: router, tables } = desk;
  const options = { settler: keys.settler.address, config: router.address };
  const attempts = [async () => [], () => tables.usable(), () => tables.usableNow()];
  for (const usable of attempts) {
    const [packed, ...further] = packEntries(entries, { ...options, tables: await usable() });
    if (packed !== undefined && further.length === 0) return packed;
  }
  throw refusal("too_large", { expected: "entries that fit one transaction", found: `${entries.length}` });
}

function ledgerOf(router: RouterPlace, entries: readonly PlacedEntry[], chain: ChainView): LedgerAccounts {
  const escrows = entries.flatMap(({ escrow }) => chain.escrow(escrow) ?? []);
  const providers = entries.flatMap(({ provider }) => chain.provider(provider) ?? []);
  return {
    programAddress: router.programAddress,
    escrows: new Map(escrows.map(({ address: at, data }) => [at, data])),
    providers: new Map(providers.map(({ address: at, data }) => [at, data])),
  };
}

/** The slot before which nothing may be read that is to say something of these. */
function latestOf(slot: bigint, entries: readonly UnseenEntry[]): bigint {
  return entries.reduce((latest, { judgedSlot }) => (judgedSlot > latest ? judgedSlot : latest), slot);
}

/** Signs a batch of the ledger. */
export function signBatch(desk: SigningDesk, unseen: UnseenEntries, id: bigint): Promise<SignedTransaction> {
  return unseen.whileLooking((look) => signLooking(desk, unseen, look, id));
}

async function signLooking(
  desk: SigningDesk,
  unseen: UnseenEntries,
  look: readonly UnseenEntry[],
  id: bigint,
): Promise<SignedTransaction> {
  const { keys, place: router, bounds } = desk;
  // The ledger before the accounts: what lands in between is then still asked for there, and used up on chain.
  const { entries: ready, root } = readyBatch(id, await viewBatch(desk.database, id));
  const entries = await place(router, ready);
  insistFewAccounts(entries);
  const { slot, lifetime, blockHeight } = await signingMoment(desk);
  // What was signed before the router: what is not seen there is surely not in what its window has spent.
  const earlier = await viewEscrows(desk, [...new Set(look.map(({ escrow }) => escrow))], latestOf(slot, look));
  const accounts = entries.flatMap(({ escrow, provider }) => [escrow, provider]);
  const chain = await viewChain(desk, accounts, earlier.slot);
  insistMaySettle(chain, keys.settler.address);
  insistAccountsFit(entries, chain);
  const alive = entriesAlive(entries, chain);
  const knowledge = { views: [earlier, escrowsOf(entries, chain)], blockHeight, time: chain.now.time };
  const insistOnRoom = (): void => {
    insistWithinWindow(chain, unseen.sumWith(alive, look, knowledge), bounds.windowMax);
  };
  insistOnRoom();
  const batch = { settler: keys.settler, router: chain.router, root, batchId: id };
  const foreseen = { ...batch, entries: batchEntries(entries), now: chain.now.time };
  const plain = await asTheProgram(() => buildSettleBatch({ ...foreseen, ledger: ledgerOf(router, entries, chain) }));
  const packed = await packInOne(desk, foreseen.entries);
  const computeUnitPrice = await boundedPrice(desk, plain);
  insistOnRoom(); // again, and nothing else is signed in between: two at once cannot both take what is left
  unseen.add(alive, {
    lastValidBlockHeight: lifetime.lastValidBlockHeight,
    windowEndsAt: chain.now.time + chain.router.data.params.settlerWindow,
    judgedSlot: chain.slot,
  });
  const instructions = batchInstructions(packed, { ...batch, computeUnitPrice });
  return await signInstructions(instructions, { feePayer: keys.settler.address, lifetime });
}

// What withdrawals need of the chain: where an account stands, what was handed in, and whether it may still land.
import { userExitOf } from "@aimo-network/escrow/accounts/escrow-facts";
import { fetchSnapshot } from "@aimo-network/escrow/accounts/fetch-accounts";
import { readEscrow, readProvider } from "@aimo-network/escrow/accounts/read-account";
import type { AccountReading } from "@aimo-network/escrow/accounts/read-account";
import { readTokenAccount } from "@aimo-network/escrow/accounts/token-account";
import { associatedTokenAddress, escrowAddress, providerAddress } from "@aimo-network/escrow/addresses";
import type { RouterPlace } from "@aimo-network/escrow/addresses";
import { insistNotPaused, insistOnDestination } from "@aimo-network/escrow/build/requirements";
import { momentWords } from "@aimo-network/escrow/plain-words";
import { insist } from "@aimo-network/escrow/refusal";
import { within } from "@aimo-network/protocol/clock";
import type { MoneyParty } from "@aimo-network/protocol/keys/money-intent";
import type { Address, Base64EncodedWireTransaction, GetMultipleAccountsApi, Rpc, Signature } from "@solana/kit";
import type { Logger } from "pino";
import { readAddressField } from "../compose/person-view.ts";
import type { PersonReader } from "../compose/person-view.ts";
import type { Follower } from "../follow.ts";
import type { Fate, Sender } from "../send.ts";
import { awaitLanding, fateOf, isSettled, landingOf } from "./landing.ts";
import type { Landing, LandingDeps } from "./landing.ts";
import { POSTING_WAIT_MS } from "./limits.ts";
import { readSignedWithdrawal } from "./signed-withdrawal.ts";
import type { WithdrawalBytes } from "./signed-withdrawal.ts";

/** Whose account it is. */
export interface AccountOwner {
  readonly party: MoneyParty;
  readonly wallet: string;
}

/** How far withdrawals of an account have come; undefined where a node has no such account. */
export type WithdrawSeq = { readonly openedSlot: bigint; readonly withdrawSeq: bigint } | undefined;

/** The chain as withdrawals see it; texts in place of the chain's own types. */
export interface WithdrawalChain {
  /** Posts what is new about an account, as far as that goes in a moment. */
  look(owner: AccountOwner): Promise<void>;
  /** Throws `escrow_refused` where no withdrawal would be let through now. */
  insistOpen(owner: AccountOwner): Promise<void>;
  /** A token account that a user may be paid to; undefined for the user's own. Throws for what is none. */
  readDestination(wallet: string, destination: string | undefined): Promise<string | undefined>;
  /** Reads what an owner hands in; throws the reason where it is not what the router signed. */
  readSigned(text: string, bytes: WithdrawalBytes): Promise<{ readonly signature: string; readonly wire: string }>;
  /** Sends signed bytes; what a node foresees to fail is not sent, for its owner would pay the fee. Throws why. */
  send(wire: string): Promise<void>;
  /** Waits a little until a transaction has landed. */
  landing(signature: string): Promise<Landing>;
  /** What became of transactions: unknown, or how far each has come, and why it failed. */
  fates(signatures: readonly string[]): Promise<readonly (Landing | "unknown")[]>;
  /** Whether no node would execute a transaction of this lifetime any more. */
  isDead(lastValidBlockHeight: bigint): Promise<boolean>;
  /** What every node says for good; rejects where one does not answer. */
  seqEverywhere(owner: AccountOwner): Promise<readonly WithdrawSeq[]>;
}

/** What it needs. */
export interface WithdrawalChainDeps extends LandingDeps {
  readonly log: Logger;
  readonly rpc: Rpc<GetMultipleAccountsApi>;
  readonly people: PersonReader;
  readonly sender: Sender;
  readonly follower: Pick<Follower, "look">;
}

function addressOf({ party, wallet }: AccountOwner, router: RouterPlace): Promise<Address> {
  const owner = readAddressField(wallet, "wallet");
  return party === "user" ? escrowAddress(router, owner) : providerAddress(router, owner);
}

function seqOf(account: AccountReading | undefined, party: MoneyParty, router: RouterPlace): WithdrawSeq {
  const read = account && (party === "user" ? readEscrow(account, router) : readProvider(account, router));
  return read && { openedSlot: read.data.openedSlot, withdrawSeq: BigInt(read.data.withdrawSeq) };
}

/** The chain of a router's withdrawals. */
export function createWithdrawalChain(deps: WithdrawalChainDeps): WithdrawalChain {
  const { clock, log, rpc, people, sender, follower } = deps;
  const inWords = (signature: string, fate: Fate): Promise<Landing> => landingOf(deps, signature as Signature, fate);
  return {
    async look(owner) {
      const address = await addressOf(owner, await people.router);
      const looked = follower.look([address]).catch((error: unknown) => {
        log.debug({ error, wallet: owner.wallet }, "an account is seen later");
      });
      await within(clock, POSTING_WAIT_MS, looked);
    },
    async insistOpen({ party, wallet }) {
      const { now, router, escrow } = await people.read(readAddressField(wallet, "wallet"));
      insistNotPaused(router.data, "coop_withdraw", now.time);
      const exit = party === "user" && escrow ? userExitOf(escrow.data, router.data, now.time) : undefined;
      insist(exit === undefined, "ExitPending", () => ({
        found: `an exit since ${momentWords(exit?.requestedAt ?? 0n)}`,
      }));
    },
    async readDestination(wallet, destination) {
      if (destination === undefined) return undefined;
      const account = readAddressField(destination, "destination");
      const { router } = await people.read(readAddressField(wallet, "wallet"));
      const { mint } = router.data;
      const usual = await associatedTokenAddress({ owner: readAddressField(wallet, "wallet"), mint });
      if (account === usual) return undefined; // then it is opened where it is missing
      const [found] = (await fetchSnapshot(rpc, [account], { commitment: "confirmed" })).accounts;
      insistOnDestination(router.data, readTokenAccount(found ?? { address: account, exists: false }));
      return account;
    },
    readSigned: async (text, bytes) => await readSignedWithdrawal(text, bytes, await people.router),
    send: (wire) => sender.submit(wire as Base64EncodedWireTransaction),
    async landing(signature) {
      const own = signature as Signature;
      const before = await fateOf(sender, own, true);
      return await inWords(signature, isSettled(before) ? before : await awaitLanding(deps, own));
    },
    async fates(signatures) {
      const fates = await sender.fates(signatures as readonly Signature[]);
      const told: (Landing | "unknown")[] = [];
      for (const [index, signature] of signatures.entries()) {
        const fate = fates[index] ?? "unknown";
        told.push(fate === "unknown" ? fate : await inWords(signature, fate));
      }
      return told;
    },
    isDead: (lastValidBlockHeight) => sender.isDeadEverywhere(lastValidBlockHeight),
    async seqEverywhere(owner) {
      const router = await people.router;
      const address = await addressOf(owner, router);
      const snapshots = await sender.everywhere([address]);
      return snapshots.map(({ accounts }) => seqOf(accounts[0], owner.party, router));
    },
  };
}

// Withdrawals as people make them: asked for, signed by this router, handed in with the owner's signature, followed.
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import { uuidV7 } from "@aimo-network/protocol/ids";
import type { MoneyParty } from "@aimo-network/protocol/keys/money-intent";
import { formatMicroUsdc, formatNanoUsdc } from "@aimo-network/protocol/money";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import type { Random } from "@aimo-network/protocol/random";
import { base58 } from "@scure/base";
import type { Logger } from "pino";
import type { Landing } from "../../chain/submission/landing.ts";
import type { WithdrawalChain } from "../../chain/submission/withdrawal-chain.ts";
import type { Withdrawal, Withdrawals } from "../../ledger/chain-books/withdrawals.ts";
import type { Numbers } from "../../ledger/numbers.ts";
import { WITHDRAWALS_COMPARED_MAX } from "./limits.ts";

/** What somebody asks for. */
export interface WithdrawalWish {
  readonly party: MoneyParty;
  readonly wallet: string;
  readonly amount: MicroUsdc;
  /** A token account of a user's choice; the user's own where none is named. */
  readonly destination?: string | undefined;
  /** A UUID version 7 of the caller's: who asks again with it gets what was made of it, whatever has become of that. */
  readonly id?: string | undefined;
}

/** What somebody hands in. */
export interface WithdrawalSubmission {
  readonly party: MoneyParty;
  readonly id: string;
  /** In base64. */
  readonly transaction: string;
}

/** A withdrawal that was handed in, and how far its transaction is. */
export interface SubmittedWithdrawal {
  readonly withdrawal: Withdrawal;
  readonly landing: Landing | undefined;
}

/** Which withdrawals to list. */
export interface WithdrawalPage {
  readonly party: MoneyParty;
  readonly wallet: string;
  readonly most: number;
  /** Older than this one. */
  readonly before?: string | undefined;
}

/** Where withdrawals are made. Throws what an owner should know. */
export interface WithdrawalDesk {
  request(wish: WithdrawalWish): Promise<Withdrawal>;
  submit(submission: WithdrawalSubmission): Promise<SubmittedWithdrawal>;
  /** A withdrawal of this wallet; undefined for any other. */
  find(party: MoneyParty, wallet: string, id: string): Promise<Withdrawal | undefined>;
  list(page: WithdrawalPage): Promise<readonly Withdrawal[]>;
}

/** Who signs for the router; it reads what the ledger says of the withdrawal by itself. */
export interface WithdrawalSigner {
  signWithdrawal(id: string): Promise<{ readonly wire: string; readonly lastValidBlockHeight: bigint }>;
}

/** What the desk needs. */
export interface WithdrawalDeskDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly withdrawals: Withdrawals;
  readonly numbers: Pick<Numbers, "wallet">;
  readonly signer: WithdrawalSigner;
  readonly chain: WithdrawalChain;
}

function notFound(withdrawalId: string): AimoError {
  return new AimoError("withdrawal_not_found", { withdrawalId });
}

/** Signs what was asked for; nobody is given bytes that were not kept before. */
async function signAsked({ withdrawals, signer, log }: WithdrawalDeskDeps, id: string): Promise<Withdrawal> {
  const asked = await withdrawals.find(id);
  if (asked === undefined) throw notFound(id);
  if (asked.state !== "requested") return asked;
  try {
    const { wire, lastValidBlockHeight } = await signer.signWithdrawal(id);
    await withdrawals.signed(id, wire, lastValidBlockHeight);
  } catch (error) {
    // Another instance may have been first: a withdrawal is signed only once.
    const signed = await withdrawals.find(id);
    if (signed === undefined || signed.state === "requested") throw error;
    log.debug({ withdrawal: id }, "a withdrawal was signed by another instance");
    return signed;
  }
  return (await withdrawals.find(id)) ?? asked;
}

/** Signs once for all who ask at the same moment. */
function createSigning(deps: WithdrawalDeskDeps): (id: string) => Promise<Withdrawal> {
  const underWay = new Map<string, Promise<Withdrawal>>();
  return (id) => {
    const signing = underWay.get(id) ?? signAsked(deps, id).finally(() => underWay.delete(id));
    underWay.set(id, signing);
    return signing;
  };
}

function createRequest(deps: WithdrawalDeskDeps): WithdrawalDesk["request"] {
  const { clock, random, log, withdrawals, numbers, chain } = deps;
  const sign = createSigning(deps);
  return async ({ party, wallet, amount, destination: wanted, id = uuidV7(clock, random) }) => {
    if (amount === 0n) {
      throw new AimoError("invalid_request", { expected: "an amount above 0", found: "0", param: "amount" });
    }
    const number = await numbers.wallet(wallet);
    const before = await withdrawals.find(id);
    if (before !== undefined) {
      if (before.party === party && before.walletNumber === number) return await sign(id);
      throw notFound(id);
    }
    await chain.look({ party, wallet });
    const { openedSlot, withdrawSeq } = await withdrawals.standing(party, number);
    if (party === "user" && openedSlot === 0n) throw new AimoError("escrow_not_opened", { wallet });
    await chain.insistOpen({ party, wallet });
    const destination = await chain.readDestination(wallet, wanted);
    const outcome = await withdrawals.request({
      at: new Date(clock.now()),
      id,
      party,
      wallet: number,
      amount,
      destination: destination === undefined ? undefined : base58.decode(destination),
      openedSlot,
      withdrawSeq,
    });
    if (outcome.code === "short") {
      const [required, available] = [formatMicroUsdc(amount), formatNanoUsdc(outcome.free)];
      throw new AimoError("withdrawal_exceeds_balance", { required, available });
    }
    if (outcome.code === "open") {
      const open = await withdrawals.find(outcome.id);
      const held = open === undefined ? "another amount" : formatMicroUsdc(open.amount);
      throw new AimoError("withdrawal_open", { withdrawalId: outcome.id, amount: held });
    }
    if (outcome.code === "requested") log.info({ withdrawal: id, wallet, amount: `${amount}` }, "withdrawal requested");
    return await sign(outcome.id);
  };
}

function createSubmit({ log, withdrawals, chain }: WithdrawalDeskDeps): WithdrawalDesk["submit"] {
  /** Sends what has been kept, unless it can never land any more. */
  const send = async ({ id, lastValidBlockHeight }: Withdrawal, wire: string, signature: string): Promise<void> => {
    if (lastValidBlockHeight !== undefined && (await chain.isDead(lastValidBlockHeight))) {
      // What has landed in time is no news to a node, and lies there for whoever asks.
      if ((await chain.landing(signature)).status !== "sent") return;
      const advice = `the withdrawal ${id} ends by itself and what it holds comes back; then ask for a new one`;
      throw new AimoError("transaction_expired", { advice });
    }
    await chain.send(wire);
  };
  return async ({ party, id, transaction }) => {
    const found = await withdrawals.find(id);
    if (found === undefined || found.party !== party) throw notFound(id);
    const latest = await withdrawals.list(party, found.walletNumber, WITHDRAWALS_COMPARED_MAX);
    const signed = [...latest.filter((other) => other.id !== id), found].flatMap((one) =>
      one.wire === undefined ? [] : [{ id: one.id, wire: one.wire }],
    );
    const own = signed.find((one) => one.id === id);
    const others = signed.filter((one) => one.id !== id);
    const { signature, wire } = await chain.readSigned(transaction, { id, own, others });
    if (found.state === "confirmed") return { withdrawal: found, landing: undefined };
    if (found.state === "expired" || !(await withdrawals.submitted(id, wire, signature))) {
      const ended = (await withdrawals.find(id)) ?? found;
      if (ended.state === "confirmed") return { withdrawal: ended, landing: undefined };
      throw new AimoError("transaction_expired", { advice: `the withdrawal ${id} has ended; ask for a new one` });
    }
    await send(found, wire, signature);
    log.info({ withdrawal: id, signature }, "withdrawal submitted");
    const landing = await chain.landing(signature);
    if (landing.status !== "sent" && landing.status !== "failed") await chain.look({ party, wallet: found.wallet });
    return { withdrawal: (await withdrawals.find(id)) ?? found, landing };
  };
}

/** Opens the desk. */
export function createWithdrawalDesk(deps: WithdrawalDeskDeps): WithdrawalDesk {
  const { withdrawals, numbers } = deps;
  return {
    request: createRequest(deps),
    submit: createSubmit(deps),
    async find(party, wallet, id) {
      const found = await withdrawals.find(id);
      return found?.party === party && found.wallet === wallet ? found : undefined;
    },
    list: async ({ party, wallet, most, before }) =>
      await withdrawals.list(party, await numbers.wallet(wallet), most, before),
  };
}

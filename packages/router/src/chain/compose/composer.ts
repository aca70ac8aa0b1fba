// Builds the transactions of users' own money, for their wallets to sign: nothing here has a key.
import { writtenBy } from "@aimo-network/escrow/written-accounts";
import type { UserView } from "@aimo-network/escrow/accounts/views";
import { buildCancelExit, buildFinalizeExit, buildRequestExit } from "@aimo-network/escrow/build/user-exit";
import { buildSetAllowance } from "@aimo-network/escrow/build/user-money";
import { assert } from "@aimo-network/protocol/assert";
import { AimoError } from "@aimo-network/protocol/errors";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { createNoopSigner } from "@solana/kit";
import type { Address, Instruction } from "@solana/kit";
import type { Sender } from "../send.ts";
import { depositSteps, openSteps } from "./deposit-steps.ts";
import type { DepositOrder } from "./deposit-steps.ts";
import { describeWire } from "./described-transaction.ts";
import type { DescribedTransaction } from "./described-transaction.ts";
import { readAddressField } from "./person-view.ts";
import type { PersonReader } from "./person-view.ts";
import { assemble } from "./unsigned-transaction.ts";
import type { UnsignedTransaction } from "./unsigned-transaction.ts";

/** A transaction to sign. */
export interface ComposedTransaction extends UnsignedTransaction {
  readonly lastValidBlockHeight: bigint;
  /** Who has to sign, the fee payer first. */
  readonly signers: readonly string[];
  readonly description: DescribedTransaction;
}

/** A user whose money it is, and who pays in where that is somebody else. */
export interface PayingIn {
  readonly wallet: string;
  readonly funder?: string | undefined;
  readonly amount: MicroUsdc;
}

/** A step of leaving without the router's agreement. */
export type ExitStep = "request" | "cancel" | "finalize";

/** Composes transactions; throws `escrow_refused` where the program would refuse them. Moments are the chain's seconds. */
export interface Composer {
  /** Opens an escrow with a first deposit. */
  open(
    order: PayingIn & { readonly allowance?: MicroUsdc | undefined; readonly allowanceExpiresAt?: bigint | undefined },
  ): Promise<ComposedTransaction>;
  /** Deposits; `raisesAllowance` as in deposit-steps.ts. */
  deposit(order: PayingIn & { readonly raisesAllowance?: boolean | undefined }): Promise<ComposedTransaction>;
  /** Sets what may ever be settled, what was settled before included. */
  allowance(order: {
    readonly wallet: string;
    readonly total: MicroUsdc;
    readonly expiresAt: bigint;
  }): Promise<ComposedTransaction>;
  exit(order: { readonly wallet: string; readonly step: ExitStep }): Promise<ComposedTransaction>;
  /** The message of a deposit as first-generation clients want it: legacy, the user alone signs. In base64. */
  topUp(order: { readonly wallet: string; readonly amount: MicroUsdc }): Promise<string>;
}

/** What composing needs. */
export interface ComposerDeps {
  readonly people: PersonReader;
  readonly sender: Pick<Sender, "latestBlockhash">;
  /** Micro-lamports per compute unit for a transaction that writes these accounts. */
  priorityFee(written: readonly Address[]): Promise<bigint>;
}

interface Draft {
  readonly feePayer: Address;
  readonly instructions: readonly Instruction[];
  /** Whose escrows and token accounts it is about. */
  readonly people: readonly Address[];
}

/** An escrow that must be there. */
function insistOnEscrow({ escrow }: UserView, wallet: Address): NonNullable<UserView["escrow"]> {
  if (escrow === undefined) throw new AimoError("escrow_not_opened", { wallet });
  return escrow;
}

async function exitSteps(view: UserView, wallet: Address, step: ExitStep): Promise<Instruction[]> {
  const user = createNoopSigner(wallet);
  const { router, now } = view;
  const escrow = insistOnEscrow(view, wallet);
  if (step === "request") return await buildRequestExit({ user, router, escrow });
  if (step === "cancel") return await buildCancelExit({ user, router, escrow });
  return await buildFinalizeExit({ payer: user, router, escrow, now: now.time });
}

/** Creates the composer of a router. */
export function createComposer({ people, sender, priorityFee }: ComposerDeps): Composer {
  const orderOf = async ({ wallet, funder = wallet, amount }: PayingIn): Promise<DepositOrder> => {
    const user = readAddressField(wallet, "wallet");
    const payer = readAddressField(funder, "funder");
    return { view: await people.read(user), user: createNoopSigner(user), funder: createNoopSigner(payer), amount };
  };
  const put = async (draft: Draft, version: "legacy" | 0) => {
    const { feePayer, instructions } = draft;
    const [lifetime, unitPrice] = await Promise.all([sender.latestBlockhash(), priorityFee(writtenBy(instructions))]);
    return { lifetime, unsigned: assemble({ feePayer, instructions, lifetime, unitPrice }, version) };
  };
  const compose = async (draft: Draft): Promise<ComposedTransaction> => {
    const { lifetime, unsigned } = await put(draft, 0);
    const { address, programAddress } = await people.router;
    const expected = { programAddress, router: address, mint: await people.mint(), people: draft.people };
    const description = await describeWire(unsigned.wire, expected);
    assert(description !== undefined, "what was composed is a transaction");
    const signers = description.signers.map((signer) => signer.address);
    return { ...unsigned, lastValidBlockHeight: lifetime.lastValidBlockHeight, signers, description };
  };
  /** Who pays the fee: the user where the user signs, else whoever pays in. */
  const draftOf = (
    { view, user, funder }: DepositOrder,
    instructions: readonly Instruction[],
    isUsers: boolean,
  ): Draft => {
    const feePayer = isUsers || view.escrow === undefined ? user.address : funder.address;
    return { feePayer, instructions, people: [user.address, funder.address] };
  };
  return {
    async open({ allowance, allowanceExpiresAt, ...payingIn }) {
      const order = await orderOf(payingIn);
      return await compose(draftOf(order, await openSteps({ ...order, allowance, allowanceExpiresAt }), true));
    },
    async deposit({ raisesAllowance, ...payingIn }) {
      const order = await orderOf(payingIn);
      return await compose(draftOf(order, await depositSteps(order, raisesAllowance), false));
    },
    async allowance({ wallet, total, expiresAt }) {
      const address = readAddressField(wallet, "wallet");
      const view = await people.read(address);
      const [user, escrow] = [createNoopSigner(address), insistOnEscrow(view, address)];
      const { router, now } = view;
      const instructions = await buildSetAllowance({ user, router, escrow, total, expiresAt, now: now.time });
      return await compose({ feePayer: address, instructions, people: [address] });
    },
    async exit({ wallet, step }) {
      const address = readAddressField(wallet, "wallet");
      const instructions = await exitSteps(await people.read(address), address, step);
      return await compose({ feePayer: address, instructions, people: [address] });
    },
    async topUp({ wallet, amount }) {
      const order = await orderOf({ wallet, amount });
      const instructions = await depositSteps(order, undefined);
      return (await put({ feePayer: order.user.address, instructions, people: [] }, "legacy")).unsigned.message;
    },
  };
}

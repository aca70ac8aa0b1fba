// How a deposit is made: the escrow is opened where it is missing, and the allowance rises with what its user pays in.
import { allowanceInForce, pendingAllowance } from "@aimo-network/escrow/accounts/escrow-facts";
import type { Held } from "@aimo-network/escrow/accounts/read-account";
import type { UserView } from "@aimo-network/escrow/accounts/views";
import { associatedTokenAddress } from "@aimo-network/escrow/addresses";
import { buildDeposit, buildOpenEscrow, buildSetAllowance } from "@aimo-network/escrow/build/user-money";
import type { Escrow } from "@aimo-network/escrow/generated/accounts/escrow";
import { ACCOUNT_KINDS, ACCOUNT_VERSION } from "@aimo-network/escrow/accounts/read-account";
import { DAY } from "@aimo-network/escrow/program-bounds";
import { insist } from "@aimo-network/escrow/refusal";
import { AimoError } from "@aimo-network/protocol/errors";
import { microUsdc } from "@aimo-network/protocol/money";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import type { Instruction, TransactionSigner } from "@solana/kit";

/** Somebody's money for a user. */
export interface DepositOrder {
  readonly view: UserView;
  readonly user: TransactionSigner;
  readonly funder: TransactionSigner;
  readonly amount: MicroUsdc;
}

/** An escrow to open with a first deposit. */
export interface OpenOrder extends DepositOrder {
  /** What may ever be settled; the deposit where nothing is said. */
  readonly allowance: MicroUsdc | undefined;
  /** In the chain's seconds; a year from now where nothing is said. */
  readonly allowanceExpiresAt: bigint | undefined;
}

/** How long an allowance lasts by default. */
const ALLOWANCE_LIFE = 365n * DAY;

/** An escrow as it is right after it was opened. */
function freshEscrow({ escrowAddress, router, now }: UserView, user: TransactionSigner): Held<Escrow> {
  const nothing = { balance: 0n, depositedTotal: 0n, withdrawnTotal: 0n, settledTotal: 0n };
  const noPending = { pendingAllowTotal: 0n, pendingAllowExpiresAt: 0n, pendingAllowAt: 0n };
  return {
    address: escrowAddress,
    programAddress: router.programAddress,
    data: {
      ...{ kind: ACCOUNT_KINDS.escrow, version: ACCOUNT_VERSION, bump: 0, reserved: new Uint8Array(5) },
      ...{ config: router.address, user: user.address, rentPayer: user.address, openedSlot: now.slot },
      ...{ ...nothing, allowTotal: 0n, allowExpiresAt: 0n, ...noPending },
      ...{ lastDebitSlot: 0n, exitRequestedAt: 0n, exitDelay: 0n, settleSeq: 0, withdrawSeq: 0 },
    },
  };
}

async function deposit(order: DepositOrder, escrow: Held<Escrow>): Promise<Instruction[]> {
  const { view, funder, amount } = order;
  const { router, vault, now } = view;
  const source = await associatedTokenAddress({ owner: funder.address, mint: router.data.mint });
  return await buildDeposit({ funder, source, router, escrow, amount, now: now.time, vault });
}

/** Opens a user's escrow, whose rent the user pays and gets back, with a first deposit. */
export async function openSteps(order: OpenOrder): Promise<Instruction[]> {
  const { view, user, amount, allowance = amount } = order;
  const { escrow, escrowAddress, router, now } = view;
  insist(escrow === undefined, "AlreadyInitialized", () => ({ found: `an open escrow at ${escrowAddress}` }));
  const allowExpiresAt = order.allowanceExpiresAt ?? now.time + ALLOWANCE_LIFE;
  if (allowExpiresAt <= now.time) {
    const expected = "a moment that has not passed";
    throw new AimoError("invalid_request", { expected, found: "one that has", param: "allowance_expires_at" });
  }
  return [
    ...(await buildOpenEscrow({ payer: user, user, router, allowTotal: allowance, allowExpiresAt })),
    ...(await deposit(order, freshEscrow(view, user))),
  ];
}

/** Raises the allowance by as much as is deposited, to a year from now; a longer one stays as long. */
async function raise({ view, user, amount }: DepositOrder, escrow: Held<Escrow>): Promise<Instruction[]> {
  const now = view.now.time;
  const inForce = allowanceInForce(escrow.data, now);
  const inAYear = now + ALLOWANCE_LIFE;
  const expiresAt = inForce.expiresAt > inAYear ? inForce.expiresAt : inAYear;
  const total = microUsdc(inForce.total + amount);
  return await buildSetAllowance({ user, router: view.router, escrow, total, expiresAt, now });
}

/**
 * Deposits. `raises`: whether the allowance rises with it; where nothing is said it does when the user's own money comes
 * in, unless the user is just lowering it: raising would take that back.
 */
export async function depositSteps(order: DepositOrder, raises: boolean | undefined): Promise<Instruction[]> {
  const { view, user, funder } = order;
  const { escrow, now } = view;
  if (escrow === undefined) return await openSteps({ ...order, allowance: undefined, allowanceExpiresAt: undefined });
  const isOwn = funder.address === user.address;
  const isLowering = pendingAllowance(escrow.data, now.time) !== undefined;
  const raising = (raises ?? (isOwn && !isLowering)) ? await raise(order, escrow) : [];
  return [...raising, ...(await deposit(order, escrow))];
}

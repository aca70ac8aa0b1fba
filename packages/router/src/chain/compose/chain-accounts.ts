// What the chain says of one person's money at a router, in words that need no library: read at `confirmed`, for themselves.
import {
  allowanceInForce,
  allowanceLeft,
  exitOf,
  pendingAllowance,
  userExitOf,
} from "@aimo-network/escrow/accounts/escrow-facts";
import type { Exit } from "@aimo-network/escrow/accounts/escrow-facts";
import { claimable, exitPayment, payoutInForce, pendingPayout } from "@aimo-network/escrow/accounts/provider-facts";
import { fetchProvider } from "@aimo-network/escrow/accounts/views";
import type { ProviderView, UserView } from "@aimo-network/escrow/accounts/views";
import { AimoError } from "@aimo-network/protocol/errors";
import { microUsdc } from "@aimo-network/protocol/money";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import type { GetMultipleAccountsApi, Rpc } from "@solana/kit";
import type { PersonReader } from "./person-view.ts";
import { readAddressField } from "./person-view.ts";

/** How much may ever be settled, and until when, in the chain's seconds. */
interface Allowed {
  readonly total: MicroUsdc;
  readonly expiresAt: bigint;
}

/** An open escrow; totals are since it was opened, moments the chain's seconds. */
export interface EscrowState {
  readonly balance: MicroUsdc;
  readonly deposited: MicroUsdc;
  readonly settled: MicroUsdc;
  readonly withdrawn: MicroUsdc;
  /** In force now, with what it leaves to settle. */
  readonly allowance: Allowed & { readonly left: MicroUsdc };
  /** A lower one that comes into force by itself at `at`. */
  readonly pendingAllowance: (Allowed & { readonly at: bigint }) | undefined;
  readonly exit: Exit | undefined;
}

/** A user on the chain. */
export interface UserAccounts {
  readonly escrowAddress: string;
  /** Undefined where none is open. */
  readonly escrow: EscrowState | undefined;
  /** The wallet's own associated token account, and what is in it. */
  readonly tokenAddress: string;
  readonly tokens: MicroUsdc;
}

/** A registered provider; moments are the chain's seconds. */
export interface ProviderState {
  readonly claimable: MicroUsdc;
  readonly earned: MicroUsdc;
  readonly withdrawn: MicroUsdc;
  /** The token account that everything is paid to, and one that takes its place by itself at `at`. */
  readonly payout: string;
  readonly pendingPayout: { readonly payout: string; readonly at: bigint } | undefined;
  readonly exit: (Exit & { readonly amount: MicroUsdc }) | undefined;
}

/** A provider on the chain. */
export interface ProviderAccounts {
  readonly providerAddress: string;
  /** Undefined where none is registered. */
  readonly provider: ProviderState | undefined;
}

/** Reads them; throws `chain_unavailable` where no node answers. */
export interface ChainAccounts {
  user(wallet: string): Promise<UserAccounts>;
  provider(wallet: string): Promise<ProviderAccounts>;
}

function escrowState({ escrow, router, now: { time } }: UserView): EscrowState | undefined {
  if (escrow === undefined) return undefined;
  const { data } = escrow;
  return {
    balance: microUsdc(data.balance),
    deposited: microUsdc(data.depositedTotal),
    settled: microUsdc(data.settledTotal),
    withdrawn: microUsdc(data.withdrawnTotal),
    allowance: { ...allowanceInForce(data, time), left: allowanceLeft(data, router.data, time) },
    pendingAllowance: pendingAllowance(data, time),
    exit: userExitOf(data, router.data, time),
  };
}

function providerState({ provider, now: { time } }: ProviderView): ProviderState | undefined {
  if (provider === undefined) return undefined;
  const { data } = provider;
  const exit = exitOf(data, time);
  return {
    claimable: claimable(data),
    earned: microUsdc(data.earnedTotal),
    withdrawn: microUsdc(data.withdrawnTotal),
    payout: payoutInForce(data, time),
    pendingPayout: pendingPayout(data, time),
    exit: exit && { ...exit, amount: exitPayment(data) },
  };
}

/** Creates the reader. */
export function createChainAccounts(people: PersonReader, rpc: Rpc<GetMultipleAccountsApi>): ChainAccounts {
  return {
    async user(wallet) {
      const view = await people.read(readAddressField(wallet, "wallet"));
      const { escrowAddress, tokens } = view;
      const amount = microUsdc(tokens.token?.amount ?? 0n);
      return { escrowAddress, escrow: escrowState(view), tokenAddress: tokens.address, tokens: amount };
    },
    async provider(wallet) {
      const who = { router: await people.router, owner: readAddressField(wallet, "wallet") };
      const view = await fetchProvider(rpc, who, { commitment: "confirmed" });
      if (view === undefined) throw new AimoError("chain_unavailable", {});
      return { providerAddress: view.providerAddress, provider: providerState(view) };
    },
  };
}

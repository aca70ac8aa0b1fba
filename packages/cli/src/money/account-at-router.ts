// What a router says that a wallet has there, asked for with a key that can only read.
import { parseNanoUsdc } from "@aimo-network/protocol/money";
import type { MicroUsdc, NanoUsdc } from "@aimo-network/protocol/money";
import { sleep } from "@aimo-network/protocol/clock";
import { objectIn, textIn } from "@aimo-network/protocol/told-members";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { CREDIT_POLL_MS, CREDIT_WAIT_MS } from "../limits.ts";
import type { Router } from "../network/find-router.ts";
import { ownKey } from "../network/own-key.ts";
import type { CommandWallet } from "../wallet/open-wallet.ts";

/** A wallet's balance as its router tells it, in decimal USDC. */
export interface ToldBalance {
  readonly available: string;
  readonly lockable: string;
  readonly deposited: string;
}

/** A wallet's account at a router. */
export interface AccountAtRouter {
  balance(): Promise<ToldBalance>;
  /** Waits until so much more has come in than there was; undefined where that takes too long, or Ctrl-C comes. */
  credited(before: ToldBalance, amount: MicroUsdc): Promise<ToldBalance | undefined>;
  /** What may be withdrawn now at most: of a user's funds, or of a provider's earnings. */
  withdrawable(party: "user" | "provider"): Promise<NanoUsdc>;
  /** The newest withdrawals. */
  withdrawals(party: "user" | "provider"): Promise<unknown>;
}

function readDecimal(data: unknown, name: string): { readonly text: string; readonly amount: NanoUsdc } {
  const text = textIn(data, name) ?? "";
  try {
    return { text, amount: parseNanoUsdc(text) };
  } catch (cause) {
    throw new CommandFault(
      {
        what: "The router's answer about the balance is not one.",
        why: `expected decimal USDC as ${name}.`,
        next: "Try again, or tell its operator.",
        reason: "refused",
      },
      { cause },
    );
  }
}

/** Opens a wallet's account at a router. */
export async function openAccount(
  context: CommandContext,
  { client, id }: Router,
  wallet: CommandWallet,
): Promise<AccountAtRouter> {
  const { clock, interrupted, terminal } = context;
  const bearer = await ownKey(context, id, wallet, { scopes: ["account", "completion_model"], isEarnOnly: true });
  const what = "The router does not say what the wallet has.";
  const balance = async (): Promise<ToldBalance> => {
    const data = objectIn(await client.call("/api/v1/account/balance", { bearer, what }), "data");
    const told = (name: string): string => readDecimal(data, name).text;
    return { available: told("available"), lockable: told("lockable"), deposited: told("deposited") };
  };
  const wait = async (before: ToldBalance, amount: MicroUsdc): Promise<ToldBalance | undefined> => {
    const wanted = parseNanoUsdc(before.deposited) + amount * 1_000n;
    const untilMs = clock.monotonic() + CREDIT_WAIT_MS;
    while (!interrupted.aborted && clock.monotonic() < untilMs) {
      try {
        const now = await balance();
        if (parseNanoUsdc(now.deposited) >= wanted) return now;
      } catch (error) {
        if (!(error instanceof CommandFault)) throw error; // the money has landed: a router that stumbles is asked again
      }
      await sleep(clock, CREDIT_POLL_MS, interrupted);
    }
    return undefined;
  };
  return {
    balance,
    async credited(before, amount) {
      const progress = terminal.progress("Waiting until the router counts it");
      try {
        return await wait(before, amount);
      } finally {
        progress.done();
      }
    },
    async withdrawable(party) {
      const [path, name] =
        party === "user" ? ["/api/v1/account/balance", "available"] : ["/api/v1/provider/earnings", "claimable"];
      return readDecimal(objectIn(await client.call(path, { bearer, what }), "data"), name).amount;
    },
    withdrawals: (party) =>
      client.call(party === "user" ? "/api/v1/account/withdrawals" : "/api/v1/provider/withdrawals", {
        bearer,
        query: { limit: "5" },
        what: "The router does not list the withdrawals.",
      }),
  };
}

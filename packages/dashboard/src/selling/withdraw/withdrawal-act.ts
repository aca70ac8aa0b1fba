// A withdrawal of earnings: the router composes and signs it, the wallet signs it, and the router hands it in.
import type { Address } from "@solana/kit";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import { isApiFault } from "../../api/api-fault.ts";
import { ConsoleFault } from "../../api/fault-words.ts";
import type { Chain } from "../../signing/chain-place.ts";
import type { Act } from "../../signing/act.ts";
import type { Withdrawal } from "../answers.ts";
import { readProviderView } from "../exit/provider-on-chain.ts";
import { bytesOfBase64, textOfBytes } from "./base64-text.ts";
import { routerDesk } from "./withdrawal-desk.ts";
import type { WithdrawalDesk } from "./withdrawal-desk.ts";

/** Asks for it; where another one is open, says how one goes on with that. */
async function insistOnWithdrawal(desk: WithdrawalDesk, amount: MicroUsdc): Promise<Withdrawal> {
  try {
    return await desk.ask(amount);
  } catch (error) {
    if (!isApiFault(error, "withdrawal_open")) throw error;
    throw new ConsoleFault(
      "Another withdrawal is open, and there is one at a time.",
      "Go on with that one, or wait: without a signature it ends by itself in a minute or two.",
    );
  }
}

/** The payout account in force; undefined where no node tells it: the program itself pays nowhere else. */
async function payoutOf(chain: Chain, wallet: string): Promise<Address | undefined> {
  const { payoutInForce } = await import("@aimo-network/escrow/accounts/provider-facts");
  try {
    const { provider, now } = await readProviderView(chain, wallet);
    return provider && payoutInForce(provider.data, now.time);
  } catch {
    return undefined; // a node that is away does not keep anybody from their money
  }
}

/** The act; `amount` in full goes to the payout account. */
export function withdrawalAct(wallet: string, amount: MicroUsdc, desk: WithdrawalDesk = routerDesk): Act {
  let id = "";
  return {
    title: `Withdraw ${formatMicroUsdc(amount)} USDC`,
    async make(chain) {
      const asked = await insistOnWithdrawal(desk, amount);
      const { transaction } = asked;
      if (transaction === null) {
        throw new ConsoleFault(
          "The router has not signed the withdrawal: nothing has moved.",
          "Try again in a minute; if it stays, leave without the router.",
        );
      }
      id = asked.id;
      const { withdrawalWish } = await import("@aimo-network/escrow/wish/withdrawal-wish");
      const payout = await payoutOf(chain, wallet);
      // Without the router's last block height: one that is too low would call it expired, and it would be asked for twice.
      const wish = await withdrawalWish(chain, wallet as Address, { party: "provider", amount, payout });
      return { bytes: bytesOfBase64(transaction), wish };
    },
    async submit(signed) {
      const { signature } = await desk.submit(id, textOfBytes(signed));
      if (signature !== null) return { signature };
      throw new ConsoleFault("The router does not say what it sent.", "Look at the list of withdrawals in a minute.");
    },
  };
}

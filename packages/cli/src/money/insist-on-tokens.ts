// What a wallet must hold before a deposit is even prepared, told in words that say what is missing and where to send it.
import type { UserView } from "@aimo-network/escrow/accounts/views";
import { usdcWords } from "@aimo-network/escrow/plain-words";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { CommandFault } from "../fault.ts";
import type { CommandWallet } from "../wallet/open-wallet.ts";

/** Throws where the wallet has no USDC, or too little of it, by the chain's word. */
export function insistOnTokens(
  { tokens, router }: UserView,
  { address }: Pick<CommandWallet, "address">,
  amount: MicroUsdc,
): void {
  const { token } = tokens;
  const next = `Send USDC (mint ${router.data.mint}) to ${address}, then run the same again.`;
  if (token === undefined) {
    throw new CommandFault({
      what: "Nothing was signed: the wallet has no USDC.",
      why: `it has no token account of the router's mint; it would be ${tokens.address}.`,
      next,
      reason: "funds",
      code: "no_token_account",
    });
  }
  if (token.amount >= amount) return;
  throw new CommandFault({
    what: `Nothing was signed: the wallet has less than ${usdcWords(amount)}.`,
    why: `there are ${usdcWords(token.amount)} in ${tokens.address}.`,
    next,
    reason: "funds",
    code: "insufficient_usdc",
  });
}

// `aimo provider payout`: where a provider is paid, by the owner alone and therefore after the router's delay.
import type { Address } from "@solana/kit";
import { isAddress } from "@solana/kit";
import { payoutInForce, pendingPayout } from "@aimo-network/escrow/accounts/provider-facts";
import type { TokenReading } from "@aimo-network/escrow/accounts/token-account";
import { associatedTokenAddress } from "@aimo-network/escrow/addresses";
import { payoutAct } from "@aimo-network/escrow/wish/provider-acts";
import { afterLanding, carryOut } from "../chain/carry-out.ts";
import { openChain } from "../chain/open-chain.ts";
import type { OpenChain } from "../chain/open-chain.ts";
import { insistOnEarner, readEarner, readTokens } from "../chain/standing.ts";
import { walletSigner } from "../chain/wallet-signer.ts";
import type { RunCommand } from "../command-spec.ts";
import { CommandFault } from "../fault.ts";
import { openWallet } from "../wallet/open-wallet.ts";
import { earnerFacts } from "./exit-facts.ts";

const OWN = "own";

function readAccount(text: string | undefined): Address | typeof OWN {
  if (text === OWN || (text !== undefined && isAddress(text))) return text;
  throw new CommandFault({
    what: "provider payout: expected a token account's address in base58, or `own`.",
    next: "`own` is your wallet's own USDC account.",
    reason: "usage",
  });
}

/** What is there, where that can be paid to; a wallet's address is no token account, and its own one is told. */
async function insistOnAccount(chain: OpenChain, account: Address, mint: Address): Promise<TokenReading> {
  const reading = await readTokens(chain, account);
  if (reading.token?.mint === mint) return reading;
  const own = await associatedTokenAddress({ owner: account, mint });
  throw new CommandFault({
    what: `Nothing was signed: ${account} cannot be paid USDC to.`,
    why:
      reading.token === undefined
        ? "there is no token account at this address."
        : `it is of the mint ${reading.token.mint}, and the router's is ${mint}.`,
    next:
      reading.token === undefined
        ? `If it is a wallet, its own USDC account would be ${own}, which has to be open: send any USDC to it first.`
        : "Name a token account of the router's mint.",
    reason: "usage",
    code: "bad_destination",
  });
}

/** Sets it; the account in force takes a change back that waits. */
export const providerPayout: RunCommand = async (context, { arguments: [text] }) => {
  const wished = readAccount(text);
  const wallet = await openWallet(context);
  const chain = await openChain(context);
  const view = await readEarner(context, chain, wallet);
  const provider = insistOnEarner(view, wallet);
  const { router, now } = view;
  const { mint } = router.data;
  const owner = walletSigner(wallet);
  const own = await associatedTokenAddress({ owner: owner.address, mint });
  const account = wished === OWN ? own : wished;
  const pending = pendingPayout(provider.data, now.time);
  const isInForce = payoutInForce(provider.data, now.time) === account;
  if (isInForce ? pending === undefined : pending?.payout === account) return earnerFacts(view, chain, wallet);
  const reading = account === own ? undefined : await insistOnAccount(chain, account, mint);
  const act = await payoutAct({ owner, view, provider }, { account, reading });
  const landed = await carryOut(context, chain, wallet, act);
  return await afterLanding(chain, wallet, landed, async () =>
    earnerFacts(await readEarner(context, chain, wallet), chain, wallet),
  );
};

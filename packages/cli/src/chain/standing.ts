// What a wallet has at a router by the chain's word, read at one slot, with the words for where it has nothing.
import type { Address } from "@solana/kit";
import { fetchSnapshot } from "@aimo-network/escrow/accounts/fetch-accounts";
import type { Held } from "@aimo-network/escrow/accounts/read-account";
import { readTokenAccount } from "@aimo-network/escrow/accounts/token-account";
import type { TokenReading } from "@aimo-network/escrow/accounts/token-account";
import { fetchProvider, fetchRouter, fetchUser } from "@aimo-network/escrow/accounts/views";
import type { ProviderView, RouterView, UserView } from "@aimo-network/escrow/accounts/views";
import type { Escrow } from "@aimo-network/escrow/generated/accounts/escrow";
import type { Provider } from "@aimo-network/escrow/generated/accounts/provider";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import type { CommandWallet } from "../wallet/open-wallet.ts";
import { rememberChain } from "./open-chain.ts";
import type { OpenChain } from "./open-chain.ts";
import { askNode } from "./solana-node.ts";

const READ = { commitment: "confirmed" } as const;

function notHere({ routerId, place, node }: OpenChain): CommandFault {
  return new CommandFault({
    what: `The chain at ${new URL(node.url).origin} has no router ${routerId}.`,
    why: `the escrow program ${place.programAddress} has no account of it there: it may be the node of another cluster.`,
    next: "Check --rpc-url, --router and --program.",
    reason: "refused",
    code: "router_unknown",
  });
}

function found<View extends RouterView>(context: CommandContext, chain: OpenChain, view: View | undefined): View {
  if (view === undefined) throw notHere(chain);
  rememberChain(context, { ...chain, mint: view.router.data.mint });
  return view;
}

/** A user at the router; throws where the chain has no such router. */
export async function readUser(
  context: CommandContext,
  chain: OpenChain,
  { address }: Pick<CommandWallet, "address">,
): Promise<UserView> {
  const { node, place } = chain;
  const router = found(context, chain, await askNode(node, fetchRouter(node.rpc, place, READ)));
  const who = { router: place, mint: router.router.data.mint, user: address as Address };
  return found(context, chain, await askNode(node, fetchUser(node.rpc, who, READ)));
}

/** A provider at the router; throws where the chain has no such router. */
export async function readEarner(
  context: CommandContext,
  chain: OpenChain,
  { address }: Pick<CommandWallet, "address">,
): Promise<ProviderView> {
  const { node, place } = chain;
  const who = { router: place, owner: address as Address };
  return found(context, chain, await askNode(node, fetchProvider(node.rpc, who, READ)));
}

/** What is at an address where a token account may be. */
export async function readTokens({ node }: Pick<OpenChain, "node">, account: Address): Promise<TokenReading> {
  const { accounts } = await askNode(node, fetchSnapshot(node.rpc, [account], READ));
  const [reading] = accounts;
  return reading === undefined ? { address: account, token: undefined } : readTokenAccount(reading);
}

/** The escrow that must be open. */
export function insistOnEscrow({ escrow }: UserView, { address }: Pick<CommandWallet, "address">): Held<Escrow> {
  if (escrow !== undefined) return escrow;
  throw new CommandFault({
    what: `The wallet ${address} has no escrow at this router.`,
    why: "it has never deposited here, or has closed its escrow.",
    next: "aimo topup 5 opens one and deposits; --id names another wallet.",
    reason: "funds",
    code: "escrow_not_opened",
  });
}

/** The provider's account that must be there. */
export function insistOnEarner(
  { provider }: ProviderView,
  { address }: Pick<CommandWallet, "address">,
): Held<Provider> {
  if (provider !== undefined) return provider;
  throw new CommandFault({
    what: `The wallet ${address} is not registered as a provider at this router.`,
    why: "a router registers a provider with the first batch that pays it, once there is enough to be worth it.",
    next: "`aimo provider earnings` shows what is not settled yet; --id names another wallet.",
    reason: "funds",
    code: "provider_not_registered",
  });
}

// Whether a wallet's balance is counted in what a router says it owes: checked from the wallet's own address up.
import { fetchUser } from "@aimo-network/escrow/accounts/views";
import type { RouterPlace } from "@aimo-network/escrow/addresses";
import { formatMicroUsdc, formatNanoUsdc, microToNanoAtMost, microUsdc } from "@aimo-network/protocol/money";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { isSameHash } from "@aimo-network/protocol/merkle";
import { liabilityLeaf, verifySumProof } from "@aimo-network/protocol/solvency";
import type { Address } from "@solana/kit";
import { safeLine } from "@aimo-network/protocol/safe-line";
import { objectIn, textIn } from "@aimo-network/protocol/told-members";
import { askNode } from "../chain/solana-node.ts";
import type { SolanaNode } from "../chain/solana-node.ts";
import type { CommandContext } from "../context.ts";
import type { Router } from "../network/find-router.ts";
import { ownKey } from "../network/own-key.ts";
import { refusedBy } from "../network/router-answer.ts";
import { openWallet } from "../wallet/open-wallet.ts";
import { readProof } from "./router-word.ts";
import type { PublishedRoot, RouterProof } from "./router-word.ts";

/** What came of looking for one wallet. */
export interface Inclusion {
  readonly user: string;
  /** Undefined where the router has none for this wallet. */
  readonly proof: RouterProof | undefined;
  /** What the wallet's escrow has on the chain now. */
  readonly escrow: MicroUsdc;
  /** Why the proof proves nothing, or what is not counted; none where all is well. */
  readonly faults: readonly string[];
}

/** Everything that is wrong with a proof for this wallet, beside the root that everybody is shown. */
function proofFaults(user: string, proof: RouterProof, shown: PublishedRoot | undefined): string[] {
  const { balance, salt, index, path, root } = proof;
  if (proof.user !== user) return [`The proof is of the wallet ${proof.user}, not of ${user}.`];
  const leaf = liabilityLeaf({ user, balance }, salt);
  const isCounted = verifySumProof({ leaf, index, proof: path, root });
  const isShown = shown !== undefined && isSameHash(shown.hash, root.hash) && shown.total === root.total;
  return [
    ...(isCounted ? [] : ["The proof does not lead to the router's root: your balance is not counted in its total."]),
    ...(isShown ? [] : ["The proof leads to another root than the one that the router shows to everybody."]),
  ];
}

async function askProof(router: Router, key: string): Promise<RouterProof | undefined> {
  const path = "/api/v1/account/solvency-proof";
  const { response, body } = await router.client.callWhole(path, { bearer: key });
  if (response.ok) return readProof(body);
  const code = textIn(objectIn(objectIn(body, "error"), "metadata"), "error_code");
  if (code === "proof_not_found") return undefined;
  throw refusedBy("The router proves nothing.", response.status, body);
}

async function readEscrow(
  node: SolanaNode,
  place: RouterPlace,
  who: { readonly mint: Address; readonly user: Address },
): Promise<MicroUsdc> {
  const view = await askNode(node, fetchUser(node.rpc, { router: place, ...who }, { commitment: "confirmed" }));
  return microUsdc(view?.escrow?.data.balance ?? 0n);
}

/** Looks for the command's wallet below the root that the router shows. */
export async function lookForWallet(
  context: CommandContext,
  router: Router,
  {
    node,
    place,
    mint,
    root,
  }: {
    readonly node: SolanaNode;
    readonly place: RouterPlace;
    readonly mint: Address;
    readonly root: PublishedRoot | undefined;
  },
): Promise<Inclusion> {
  const wallet = await openWallet(context);
  const user = wallet.address;
  const key = await ownKey(context, router.id, wallet, { scopes: ["account"], isEarnOnly: true });
  const [proof, escrow] = await Promise.all([
    askProof(router, key),
    readEscrow(node, place, { mint, user: user as Address }),
  ]);
  if (proof !== undefined) return { user, proof, escrow, faults: proofFaults(user, proof, root) };
  const isOwed = escrow > 0n;
  const words = `Your escrow has ${formatMicroUsdc(escrow)} USDC and is in no root yet: the next is made within an hour.`;
  return { user, proof, escrow, faults: isOwed ? [words] : [] };
}

/** What was found, for people. */
export function inclusionFacts({ user, proof, escrow }: Inclusion): (readonly [string, string])[] {
  const onChain = `${formatMicroUsdc(escrow)} USDC in the escrow now`;
  if (proof === undefined) return [["your wallet", `${user}: not counted, ${onChain}`]];
  const { balance, index, root } = proof;
  const isSame = balance === microToNanoAtMost(escrow);
  const beside = isSame ? "as the escrow has" : `${onChain}: compare it with what moved since ${safeLine(root.at, 40)}`;
  return [
    ["your wallet", user],
    ["counted", `${formatNanoUsdc(balance)} USDC, place ${index + 1} of ${root.size}; ${beside}`],
  ];
}

/** The same for programs. */
export function inclusionJson({ user, proof, escrow, faults }: Inclusion): object {
  return {
    user,
    is_counted: proof !== undefined && faults.length === 0,
    balance: proof === undefined ? null : formatNanoUsdc(proof.balance),
    index: proof?.index ?? null,
    escrow_balance: formatMicroUsdc(escrow),
  };
}

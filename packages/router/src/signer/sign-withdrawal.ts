// Co-signs a withdrawal: read from the ledger by its id, held against the chain, built here; its owner signs and pays.
import { payoutInForce } from "@aimo-network/escrow/accounts/provider-facts";
import { readTokenAccount } from "@aimo-network/escrow/accounts/token-account";
import type { TokenReading } from "@aimo-network/escrow/accounts/token-account";
import { associatedTokenAddress, escrowAddress, providerAddress } from "@aimo-network/escrow/addresses";
import { buildWithdrawProvider } from "@aimo-network/escrow/build/provider-payments";
import { buildWithdrawUser } from "@aimo-network/escrow/build/user-exit";
import { address, createNoopSigner } from "@solana/kit";
import type { Address, Instruction } from "@solana/kit";
import { computeLimit } from "../chain/compute-limit.ts";
import type { ChainView } from "./chain-view.ts";
import { viewChain } from "./chain-view.ts";
import type { WithdrawalView } from "./ledger-view.ts";
import { viewWithdrawal } from "./ledger-view.ts";
import type { LivingSignatures } from "./living-signatures.ts";
import { asTheProgram, insist } from "./refuse.ts";
import type { CosignedTransaction } from "./signer.ts";
import type { SigningDesk } from "./signing-desk.ts";
import { boundedPrice, signingMoment } from "./signing-desk.ts";
import { cosignWithBudget } from "./transaction.ts";
import { insistMayCosign, insistProviderMayHave, insistRequested, insistUserMayHave } from "./withdrawal-policy.ts";

const MEASURED = { user: "withdrawUser", provider: "withdrawProvider" } as const;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The token account that is named, as it was read; undefined for the owner's associated one, which may be missing. */
async function namedAccount(
  chain: ChainView,
  owner: Address,
  named: Address | undefined,
): Promise<TokenReading | undefined> {
  const associated = await associatedTokenAddress({ owner, mint: chain.router.data.mint });
  return named === undefined || named === associated ? undefined : readTokenAccount(chain.account(named));
}

async function buildForUser(desk: SigningDesk, view: WithdrawalView, slot: bigint): Promise<readonly Instruction[]> {
  const { cosigner } = desk.keys;
  const { wallet, amount, destination } = view.withdrawal;
  const user = createNoopSigner(address(wallet));
  const at = await escrowAddress(desk.place, user.address);
  const named = destination === undefined ? undefined : address(destination);
  const chain = await viewChain(desk, named === undefined ? [at] : [at, named], slot);
  insistMayCosign(chain, cosigner.address);
  const escrow = insistUserMayHave(view, chain.escrow(at));
  const payee = await namedAccount(chain, user.address, named);
  const input = { user, cosigner, router: chain.router, escrow, amount, now: chain.now.time };
  return await asTheProgram(() => buildWithdrawUser(payee === undefined ? input : { ...input, destination: payee }));
}

async function buildForProvider(
  desk: SigningDesk,
  view: WithdrawalView,
  slot: bigint,
): Promise<readonly Instruction[]> {
  const { cosigner } = desk.keys;
  const { wallet, amount } = view.withdrawal;
  const owner = createNoopSigner(address(wallet));
  const at = await providerAddress(desk.place, owner.address);
  const first = await viewChain(desk, [at], slot);
  insistMayCosign(first, cosigner.address);
  const found = insistProviderMayHave(view, first.provider(at));
  const payout = payoutInForce(found.data, first.now.time);
  const chain = await viewChain(desk, [at, payout], first.slot);
  insistMayCosign(chain, cosigner.address);
  const provider = insistProviderMayHave(view, chain.provider(at));
  const payee = await namedAccount(chain, owner.address, payout);
  const input = { owner, cosigner, router: chain.router, provider, amount, now: chain.now.time };
  return await asTheProgram(() => buildWithdrawProvider(payee === undefined ? input : { ...input, payout: payee }));
}

/** Co-signs a withdrawal of the ledger, once. */
export async function signWithdrawal(
  desk: SigningDesk,
  living: LivingSignatures,
  id: string,
): Promise<CosignedTransaction> {
  insist(UUID.test(id), "withdrawal_unknown", () => ({ expected: "a withdrawal's id", found: id.slice(0, 60) }));
  const view = await viewWithdrawal(desk.database, id);
  insistRequested(id, view);
  const { withdrawal } = view;
  const { slot, lifetime, blockHeight } = await signingMoment(desk);
  const build = withdrawal.party === "user" ? buildForUser : buildForProvider;
  const instructions = await build(desk, view, slot);
  const price = await boundedPrice(desk, instructions);
  living.claim(withdrawal, blockHeight, lifetime.lastValidBlockHeight);
  const opening = instructions.length > 1 ? (["createTokenAccount"] as const) : [];
  const units = computeLimit([MEASURED[withdrawal.party], ...opening]);
  const feePayer = address(withdrawal.wallet);
  return await cosignWithBudget(instructions, { feePayer, lifetime }, { units, price });
}

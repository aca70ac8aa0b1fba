// Opens accounts of providers at this router's expense: of those who are owed enough for it, and have none.
import { providerAddress } from "@aimo-network/escrow/addresses";
import { buildRegisterProvider } from "@aimo-network/escrow/build/provider-payments";
import { usdcWords } from "@aimo-network/escrow/plain-words";
import { computeLimit } from "../chain/compute-limit.ts";
import { insistMaySettle } from "./batch-policy.ts";
import { viewChain } from "./chain-view.ts";
import { viewOwed } from "./ledger-view.ts";
import { PROVIDERS_PER_REGISTRATION_MAX } from "./limits.ts";
import { asTheProgram, insist, readAddress } from "./refuse.ts";
import type { SignedTransaction } from "./signer.ts";
import type { SigningDesk } from "./signing-desk.ts";
import { boundedPrice, signingMoment } from "./signing-desk.ts";
import { signWithBudget } from "./transaction.ts";

/** Signs for the accounts of providers. */
export async function signRegistration(desk: SigningDesk, providers: readonly string[]): Promise<SignedTransaction> {
  const { keys, place, bounds } = desk;
  const { settler } = keys;
  const wallets = [...new Set(providers)].map((wallet) => readAddress(wallet));
  const isCount = wallets.length > 0 && wallets.length <= PROVIDERS_PER_REGISTRATION_MAX;
  insist(isCount, "too_large", () => ({
    expected: `1 to ${PROVIDERS_PER_REGISTRATION_MAX} providers`,
    found: `${wallets.length}`,
  }));
  const owed = await viewOwed(desk.database, wallets);
  const poor = wallets.filter((wallet) => (owed.get(wallet) ?? 0n) < bounds.sponsorMin * 1_000n);
  insist(poor.length === 0, "not_owed", () => ({
    expected: `providers who are owed at least ${usdcWords(bounds.sponsorMin)}`,
    found: `less for ${poor.join(", ")}`,
  }));
  const { slot, lifetime } = await signingMoment(desk);
  const places = await Promise.all(wallets.map((wallet) => providerAddress(place, wallet)));
  const chain = await viewChain(desk, places, slot);
  insistMaySettle(chain, settler.address);
  const missing = wallets.filter((_, index) => {
    const at = places[index];
    return at !== undefined && chain.provider(at) === undefined;
  });
  insist(missing.length > 0, "already_registered", () => ({
    expected: "a provider without an account at this router",
    found: `accounts of ${wallets.join(", ")}`,
  }));
  const { router } = chain;
  const built = await asTheProgram(() =>
    Promise.all(missing.map((owner) => buildRegisterProvider({ payer: settler, owner, router }))),
  );
  const instructions = built.flat();
  const price = await boundedPrice(desk, instructions);
  // Each with a margin of its own: two addresses are derived for each.
  const units = computeLimit(["registerProvider"]) * missing.length;
  return await signWithBudget(instructions, { feePayer: settler.address, lifetime }, { units, price });
}

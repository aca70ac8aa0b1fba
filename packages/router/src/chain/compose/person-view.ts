// A wallet at this router as composing needs it: read at `confirmed`, so that what landed a second ago counts.
import { fetchRouter, fetchUser } from "@aimo-network/escrow/accounts/views";
import type { UserView } from "@aimo-network/escrow/accounts/views";
import { routerPlace } from "@aimo-network/escrow/addresses";
import type { RouterPlace } from "@aimo-network/escrow/addresses";
import { AimoError } from "@aimo-network/protocol/errors";
import { isAddress } from "@solana/kit";
import type { Address, GetMultipleAccountsApi, Rpc } from "@solana/kit";
import type { ChainSettings } from "../chain-settings.ts";

/** Where a router's users are read. */
export interface PersonReader {
  readonly router: Promise<RouterPlace>;
  /** What the router's money is made of; it never changes. */
  mint(): Promise<Address>;
  read(wallet: Address): Promise<UserView>;
}

const COMMITMENT = "confirmed";

/** A wallet's or another account's address out of a field; throws `invalid_request` that names the field. */
export function readAddressField(text: string, param: string): Address {
  if (isAddress(text)) return text;
  throw new AimoError("invalid_request", { expected: "a Solana address in base58", found: "another text", param });
}

function notOpen({ address }: RouterPlace): AimoError {
  const cause = new Error(`expected an open router at ${address}, found none`);
  return new AimoError("chain_unavailable", {}, { cause });
}

/** Reads users of the router of these settings. */
export function createPersonReader(
  rpc: Rpc<GetMultipleAccountsApi>,
  settings: Pick<ChainSettings, "programAddress" | "routerId">,
): PersonReader {
  const router = routerPlace(settings);
  let known: Address | undefined;
  const mint = async (): Promise<Address> => {
    if (known !== undefined) return known;
    const view = await fetchRouter(rpc, await router, { commitment: COMMITMENT });
    if (view === undefined) throw notOpen(await router);
    known = view.router.data.mint;
    return known;
  };
  return {
    router,
    mint,
    async read(user) {
      const view = await fetchUser(rpc, { router: await router, mint: await mint(), user }, { commitment: COMMITMENT });
      if (view === undefined) throw notOpen(await router);
      return view;
    },
  };
}

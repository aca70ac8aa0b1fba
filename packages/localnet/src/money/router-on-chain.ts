// The localnet's router as the chain knows it: what its operator decides, and where it says that it is reached.
import { openRouter, readRouter } from "@aimo-network/escrow/deploy/open-router";
import type { RouterPlan } from "@aimo-network/escrow/deploy/router-plan";
import { getSetUrlInstruction } from "@aimo-network/escrow/generated/instructions/setUrl";
import { HOUR } from "@aimo-network/escrow/program-bounds";
import { parseMicroUsdc } from "@aimo-network/protocol/money";
import type { Address } from "@solana/kit";
import type { FaucetChain } from "./faucet-chain.ts";
import type { MoneyKeys } from "./money-keys.ts";

const PARAMS: RouterPlan["params"] = {
  feeBps: 250n,
  minDeposit: parseMicroUsdc("0.01"),
  userExitDelay: HOUR,
  providerExitDelay: 1n, // the least there is: somebody who tries it out should not wait a day
  allowanceNotice: HOUR / 2n,
  settlerWindow: HOUR,
  settlerWindowCap: parseMicroUsdc("100000"),
};

/** Which router is opened, and for whom. */
export interface OpenedRouter {
  readonly programAddress: Address;
  readonly keys: MoneyKeys;
  readonly url: string;
}

/** Opens the router; one that is open stays as it is, but for its URL. */
export async function openLocalRouter(chain: FaucetChain, { programAddress, keys, url }: OpenedRouter): Promise<void> {
  const { routerId, operator, mint, settler, cosigner } = keys;
  const { address: guardian } = operator;
  const plan = { mint: mint.address, url, roles: { settler, cosigner, guardian, feeOwner: guardian }, params: PARAMS };
  const { isNew } = await openRouter(chain, { programAddress, routerId, admin: operator, plan });
  if (isNew) return;
  const found = await readRouter(chain, programAddress, routerId.address);
  if (found === undefined || found.config.url === url) return;
  await chain.send([getSetUrlInstruction({ admin: operator, config: found.address, url }, { programAddress })]);
}

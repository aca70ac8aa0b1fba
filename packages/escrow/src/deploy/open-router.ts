// Opens a router on the chain: its config and its empty vault.
import type { Address, TransactionSigner } from "@solana/kit";
import { getConfigDecoder } from "../generated/accounts/config.ts";
import type { Config } from "../generated/accounts/config.ts";
import { getInitConfigInstructionAsync } from "../generated/instructions/initConfig.ts";
import { findConfigPda } from "../generated/pdas/config.ts";
import type { DeploymentChain } from "./deployment-chain.ts";
import type { RouterPlan } from "./router-plan.ts";

/** A router that is to be opened, and the two keys that have to agree to it. */
export interface NewRouter {
  /** The deployment of the program: each cluster has its own. */
  readonly programAddress: Address;
  readonly routerId: TransactionSigner;
  readonly admin: TransactionSigner;
  readonly plan: RouterPlan;
}

/** A router's config; undefined where none is open. */
export async function readRouter(
  chain: DeploymentChain,
  programAddress: Address,
  routerId: Address,
): Promise<{ address: Address; config: Config } | undefined> {
  const [address] = await findConfigPda({ routerId }, { programAddress });
  const account = await chain.getAccount(address);
  if (account === undefined || account.programAddress !== programAddress) return undefined;
  return { address, config: getConfigDecoder().decode(account.data) };
}

/** Opens a router and gives the address of its config; a router that is open already stays as it is. */
export async function openRouter(
  chain: DeploymentChain,
  router: NewRouter,
): Promise<{ config: Address; isNew: boolean }> {
  const { programAddress, routerId, admin, plan } = router;
  const found = await readRouter(chain, programAddress, routerId.address);
  if (found !== undefined) return { config: found.address, isNew: false };
  const accounts = { payer: chain.payer, routerId, admin, mint: plan.mint };
  const { roles, params, url } = plan;
  const instruction = await getInitConfigInstructionAsync({ ...accounts, roles, params, url }, { programAddress });
  await chain.send([instruction]);
  const [config] = await findConfigPda({ routerId: routerId.address }, { programAddress });
  return { config, isNew: true };
}

// Opens a router on the chain: its config and its empty vault.
import { lamports } from "@solana/kit";
import type { Address, Instruction, TransactionSigner } from "@solana/kit";
import type { AccountReading } from "../accounts/read-account.ts";
import { buildInitConfig } from "../build/router-params.ts";
import { getConfigDecoder } from "../generated/accounts/config.ts";
import type { Config } from "../generated/accounts/config.ts";
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
  chain: Pick<DeploymentChain, "getAccount">,
  programAddress: Address,
  routerId: Address,
): Promise<{ address: Address; config: Config } | undefined> {
  const [address] = await findConfigPda({ routerId }, { programAddress });
  const account = await chain.getAccount(address);
  if (account === undefined || account.programAddress !== programAddress) return undefined;
  return { address, config: getConfigDecoder().decode(account.data) };
}

async function readAccount(chain: Pick<DeploymentChain, "getAccount">, address: Address): Promise<AccountReading> {
  const found = await chain.getAccount(address);
  if (found === undefined) return { address, exists: false };
  const { programAddress, data } = found;
  const space = BigInt(data.length);
  return {
    ...{ address, programAddress, data, space },
    exists: true,
    executable: false,
    lamports: lamports(found.lamports),
  };
}

/** What opening a router takes, its mint looked at; what the program would refuse is refused in words. */
export async function composeOpening(
  chain: Pick<DeploymentChain, "payer" | "getAccount">,
  { programAddress, routerId, admin, plan }: NewRouter,
): Promise<Instruction[]> {
  const { roles, params, url } = plan;
  const mint = await readAccount(chain, plan.mint);
  const signers = { payer: chain.payer, routerId, admin };
  return await buildInitConfig({ programAddress, ...signers, mint, roles, params, url });
}

/** Opens a router and gives the address of its config; a router that is open already stays as it is. */
export async function openRouter(
  chain: DeploymentChain,
  router: NewRouter,
): Promise<{ config: Address; isNew: boolean }> {
  const { programAddress, routerId } = router;
  const found = await readRouter(chain, programAddress, routerId.address);
  if (found !== undefined) return { config: found.address, isNew: false };
  await chain.send(await composeOpening(chain, router));
  const [config] = await findConfigPda({ routerId: routerId.address }, { programAddress });
  return { config, isNew: true };
}

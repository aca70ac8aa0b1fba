// `aimo router init`: a router's keys, its settings, and its config on the chain. Each step looks whether it is done already.
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fetchEncodedAccount } from "@solana/kit";
import type { Address } from "@solana/kit";
import { composeOpening, readRouter } from "@aimo-network/escrow/deploy/open-router";
import type { DeploymentChain } from "@aimo-network/escrow/deploy/deployment-chain";
import type { RouterPlan } from "@aimo-network/escrow/deploy/router-plan";
import { routerPlace } from "@aimo-network/escrow/addresses";
import type { Config } from "@aimo-network/escrow/generated/accounts/config";
import { askNode } from "../chain/solana-node.ts";
import { walletSigner } from "../chain/wallet-signer.ts";
import type { RunCommand } from "../command-spec.ts";
import type { CommandContext } from "../context.ts";
import { NOTICE_SECONDS_LOW } from "../limits.ts";
import { rememberRouter } from "../network/known-routers.ts";
import { isPrivateUrl } from "../network/router-url.ts";
import { knownRoutersFile } from "../settings/places.ts";
import { openWalletFile, wantedWalletFile } from "../wallet/open-wallet.ts";
import type { CommandWallet } from "../wallet/open-wallet.ts";
import { insistOnSol } from "./opening-funds.ts";
import { openIdentity } from "./identity-file.ts";
import { openOpeningChain } from "./opening-chain.ts";
import type { OpeningChain } from "./opening-chain.ts";
import { decidePlan, keepPlan } from "./opening-plan.ts";
import { openedOutcome } from "./opened-outcome.ts";
import { makeRoleFile, makeWhole, roleFile } from "./role-files.ts";
import { sendOpening } from "./send-opening.ts";
import { settingsText } from "./settings-file.ts";
import { givenText } from "./terms-asked.ts";
import type { GivenOptions } from "./terms-asked.ts";

function accountsOf({ node }: OpeningChain): Pick<DeploymentChain, "getAccount"> {
  return {
    async getAccount(address) {
      const found = await askNode(node, fetchEncodedAccount(node.rpc, address, { commitment: "confirmed" }));
      if (!found.exists) return undefined;
      const { programAddress, lamports, data } = found;
      return { programAddress, lamports, data: Uint8Array.from(data) };
    },
  };
}

/** The router of the folder where it is open already. */
async function findOpen(chain: OpeningChain, folder: string): Promise<Config | undefined> {
  const file = roleFile(folder, "routerId");
  if (!existsSync(file)) return undefined;
  const { address } = await openIdentity(file);
  return (await readRouter(accountsOf(chain), chain.programAddress, address as Address))?.config;
}

function warnOf({ terminal }: CommandContext, { url, params }: RouterPlan): void {
  if (!isPrivateUrl(url)) {
    terminal.warn(
      `${url} is not https: whoever looks the router up by its id does not dial it, and keys travel in the open.`,
    );
  }
  if (params.allowanceNotice < NOTICE_SECONDS_LOW) {
    terminal.warn(
      `With an allowance notice of under ${NOTICE_SECONDS_LOW} s a router starts only with shorter AIMO_TOTAL_TIMEOUT_MS and AIMO_SETTLE_AGE_MS.`,
    );
  }
}

async function adminOf(context: CommandContext, folder: string, given: GivenOptions): Promise<CommandWallet> {
  const file = givenText(given, "--admin");
  if (file === undefined) makeRoleFile(folder, "admin");
  const path = file === undefined ? roleFile(folder, "admin") : resolve(context.folder, file);
  return await openWalletFile(context, path);
}

async function payerOf(context: CommandContext, given: GivenOptions): Promise<CommandWallet> {
  const file = givenText(given, "--payer");
  const path = file === undefined ? wantedWalletFile(context) : resolve(context.folder, file);
  return await openWalletFile(context, path);
}

/** Writes the settings where there are none: an operator may have changed them. */
async function keepSettings(
  context: CommandContext,
  chain: OpeningChain,
  folder: string,
  { url, roles }: Pick<RouterPlan, "url" | "roles">,
): Promise<string> {
  const fileOf = async (role: "settler" | "cosigner"): Promise<string | undefined> => {
    const file = roleFile(folder, role);
    if (!existsSync(file)) return undefined;
    return (await openWalletFile(context, file)).address === roles[role] ? file : undefined;
  };
  const text = settingsText({
    folder,
    url,
    rpcUrl: chain.node.url,
    programId: chain.programAddress,
    settlerFile: await fileOf("settler"),
    cosignerFile: await fileOf("cosigner"),
  });
  const file = join(folder, "router.env");
  makeWhole(file, (draft) => writeFileSync(draft, text, { mode: 0o600 }));
  return file;
}

interface OpenedRouter {
  readonly config: Config;
  readonly signature: string | undefined;
  readonly link: string | undefined;
}

async function open(
  context: CommandContext,
  chain: OpeningChain,
  folder: string,
  given: GivenOptions,
): Promise<OpenedRouter> {
  const payer = await payerOf(context, given); // first: without it nothing is of use
  await insistOnSol(chain.node, payer.address as Address);
  const plan = await decidePlan(context, folder, given, chain.usualMint);
  makeRoleFile(folder, "routerId");
  const routerId = await openIdentity(roleFile(folder, "routerId"));
  const admin = await adminOf(context, folder, given);
  const idSigner = walletSigner(routerId);
  const { programAddress } = chain;
  const accounts = accountsOf(chain);
  const instructions = await composeOpening(
    { ...accounts, payer: walletSigner(payer) },
    { programAddress, routerId: idSigner, admin: walletSigner(admin), plan },
  );
  keepPlan(folder, plan); // only what the program would take
  await keepSettings(context, chain, folder, plan);
  warnOf(context, plan);
  const place = await routerPlace({ programAddress, routerId: idSigner.address });
  const { mint, url } = plan;
  const landed = await sendOpening(context, chain, {
    ...{ payer, routerId, admin, mint, url, instructions },
    config: place.address,
  });
  const found = await readRouter(accounts, programAddress, idSigner.address);
  if (found === undefined) throw new Error("expected the router on the chain after its opening was confirmed");
  return { config: found.config, signature: landed.signature, link: landed.link };
}

/** So that `aimo router status` and the other commands find it; without a memory they ask where it is. */
function remember(
  { environment, terminal }: CommandContext,
  { node, programAddress }: OpeningChain,
  config: Config,
): void {
  const file = knownRoutersFile(environment);
  const { url, routerId: id, mint } = config;
  try {
    rememberRouter(file, { url, id, programId: programAddress, mint, rpcUrl: node.url });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    terminal.note(`The router is not remembered: ${file} cannot be written${code}.`);
  }
}

/** Opens a router, or goes on where an earlier run broke off; one that is open stays as it is. */
export const routerInit: RunCommand = async (context, { options }) => {
  const folder = resolve(context.folder, givenText(options, "--folder") ?? "aimo-router");
  const chain = await openOpeningChain(context);
  const already = await findOpen(chain, folder);
  const opened =
    already === undefined
      ? await open(context, chain, folder, options)
      : { config: already, signature: undefined, link: undefined };
  const settings = await keepSettings(context, chain, folder, opened.config);
  remember(context, chain, opened.config);
  return openedOutcome(context, { ...opened, isNew: already === undefined, folder, settings, chain });
};

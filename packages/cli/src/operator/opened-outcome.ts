// What is told of a router that is open: its addresses, where each key belongs, and what to do next.
import { existsSync } from "node:fs";
import { relative } from "node:path";
import { routerPlace } from "@aimo-network/escrow/addresses";
import type { Config } from "@aimo-network/escrow/generated/accounts/config";
import type { Outcome } from "../command-spec.ts";
import type { CommandContext } from "../context.ts";
import { shellWord } from "../terminal/shell-word.ts";
import { factsText } from "../terminal/table.ts";
import type { OpeningChain } from "./opening-chain.ts";
import { ROLE_FILES, roleFile } from "./role-files.ts";
import type { RoleName } from "./role-files.ts";
import { paramFacts, paramsJson, roleFacts, rolesJson } from "./router-terms.ts";

/** A router that is open on the chain, and the folder of its keys. */
export interface OpenedRouter {
  readonly config: Config;
  /** Opened by this run. */
  readonly isNew: boolean;
  readonly signature: string | undefined;
  readonly link: string | undefined;
  readonly folder: string;
  /** The file of its settings. */
  readonly settings: string;
  readonly chain: OpeningChain;
}

function fileLines({ folder, settings }: OpenedRouter): string[] {
  const roles = (Object.keys(ROLE_FILES) as RoleName[]).filter((role) => existsSync(roleFile(folder, role)));
  const files = roles.map((role) => [ROLE_FILES[role].file, ROLE_FILES[role].belongs] as const);
  return factsText([
    ...files,
    [relative(folder, settings), "the router's settings, with the node's URL"],
    ["router-plan.json", "what was decided; keep it for later changes (docs/runbook-deploy.md)"],
  ])
    .split("\n")
    .map((line) => `  ${line}`);
}

/** The commands that come next, in their order. */
function nextSteps({ config, settings }: OpenedRouter): string[] {
  return [
    `solana transfer ${config.roles.settler} 0.1 --allow-unfunded-recipient   # the settler pays for settlements`,
    `AIMO_CONFIG_FILE=${shellWord(settings)} aimo-router`,
    `aimo router status --router ${shellWord(config.url)}`,
  ];
}

/** The outcome of `router init`. */
export async function openedOutcome(context: CommandContext, opened: OpenedRouter): Promise<Outcome> {
  const { config, isNew, signature, link, folder, settings, chain } = opened;
  const { programAddress } = chain;
  const { address } = await routerPlace({ programAddress, routerId: config.routerId });
  const { style } = context.terminal;
  const steps = nextSteps(opened);
  const facts = factsText([
    ["router", config.routerId],
    ["url", config.url],
    ["program", programAddress],
    ["config", address],
    ["vault", config.vault],
    ["mint", config.mint],
    ["admin", config.admin],
    ...roleFacts(config.roles),
    ...paramFacts(config.params),
  ]);
  const text = [
    style.good(isNew ? "✓ the router is open" : "✓ the router was open already and stays as it is"),
    facts,
    "",
    `In ${folder}, each for its owner alone:`,
    ...fileLines(opened),
    "",
    "Next:",
    ...steps.map((step) => `  ${step}`),
  ].join("\n");
  return {
    data: {
      is_new: isNew,
      router_id: config.routerId,
      url: config.url,
      program_id: programAddress,
      config: address,
      vault: config.vault,
      mint: config.mint,
      admin: config.admin,
      roles: rolesJson(config.roles),
      params: paramsJson(config.params),
      signature: signature ?? null,
      link: link ?? null,
      folder,
      settings,
      next: steps,
    },
    text,
  };
}

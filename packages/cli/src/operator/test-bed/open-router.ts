// A router that is open on the chain and answers over HTTP what a test lets it say.
import { join } from "node:path";
import type { TestContext } from "node:test";
import { OperatorOptions } from "@aimo-network/escrow/deploy/operator-options";
import { runOperatorCommand } from "@aimo-network/escrow/deploy/operator-commands";
import { systemClock } from "@aimo-network/protocol/clock";
import type { Address } from "@solana/kit";
import type { ScriptedRouter, Script } from "../../test-bed/scripted-router.ts";
import { startScriptedRouter } from "../../test-bed/scripted-router.ts";
import { initWords } from "./operator-bed.ts";
import type { OperatorBed } from "./operator-bed.ts";
import { configOf } from "./planted-money.ts";

/** A router whose keys are in a folder of the bed's home. */
export interface OpenedRouter {
  readonly id: Address;
  readonly folder: string;
  readonly settler: Address;
  readonly config: string;
  readonly vault: string;
  /** Serves it to the end of a test. */
  serve(t: TestContext, answers?: Record<string, Script>, facts?: object): Promise<ScriptedRouter>;
  /** A command of the deployment's tools, by one of the router's keys. */
  operate(command: string, key: string, options?: Readonly<Record<string, string>>): Promise<void>;
}

/** Opens a router by `aimo router init`. */
export async function openRouterAt(bed: OperatorBed, folder: string, url?: string): Promise<OpenedRouter> {
  const ran = await bed.run([...initWords(bed, folder, url === undefined ? {} : { "--url": url }), "--yes"]);
  const id = ran.data["router_id"] as Address;
  const config = String(ran.data["config"]);
  const { vault, mint, roles, url: chainUrl } = await configOf(bed, id);
  const chain = {
    ...{ program_id: bed.program, config, vault, mint, fee_bps: 250, min_deposit: "1", commitment: "confirmed" },
    ...{ user_exit_delay: 86_400, provider_exit_delay: 604_800, allowance_notice: 43_200 },
  };
  return {
    ...{ id, folder: join(bed.home, folder), settler: roles.settler, config, vault },
    serve: (t, answers = {}, facts = {}) =>
      startScriptedRouter(t, answers, { router_id: id, url: chainUrl, chain, ...facts }),
    async operate(command, key, options = {}) {
      const common = { url: bed.cluster.url, payer: bed.payerFile, program: bed.program, "router-id": id };
      const admin = join(bed.home, folder, `${key}.json`);
      await runOperatorCommand(command, new OperatorOptions({ ...common, admin, ...options }), systemClock);
    },
  };
}

// `aimo router status`: what a router says of itself, and how it stands on the chain.
import { solWords } from "@aimo-network/escrow/describe/foreign-text";
import { momentWords, usdcWords } from "@aimo-network/escrow/plain-words";
import { windowRoom, windowSpent } from "@aimo-network/escrow/accounts/config-facts";
import { safeLine } from "@aimo-network/protocol/safe-line";
import { textIn } from "@aimo-network/protocol/told-members";
import { openChain } from "../chain/open-chain.ts";
import type { RunCommand } from "../command-spec.ts";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { findRouter } from "../network/find-router.ts";
import type { Router } from "../network/find-router.ts";
import { RouterClient } from "../network/router-client.ts";
import { factsText } from "../terminal/table.ts";
import { announcedFacts } from "./announced.ts";
import { paramFacts, roleFacts } from "./router-terms.ts";
import { pausesOf, readStanding, standingFaults, standingJson } from "./standing.ts";
import type { Standing } from "./standing.ts";

type Fact = readonly [name: string, value: string];

/** Whether the operator's port says that the router takes requests; undefined where it was not asked. */
async function readReadiness(context: CommandContext, url: unknown): Promise<string | undefined> {
  if (typeof url !== "string") return undefined;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new CommandFault({ what: "--operator-url: expected a URL such as http://127.0.0.1:8788.", reason: "usage" });
  }
  const { body } = await new RouterClient(url, context).callWhole("/readyz");
  return safeLine(textIn(body, "status") ?? "something that is no readiness", 40);
}

function routerFacts({ id, client, facts }: Router, readiness: string | undefined): Fact[] {
  return [
    ["router", `${safeLine(facts.name, 60)}, ${id}`],
    ["url", client.url],
    ["version", `${safeLine(facts.software, 40)} ${safeLine(facts.version, 40)}`],
    ...(readiness === undefined ? [] : [["readiness", readiness] as const]),
  ];
}

function chainFacts(standing: Standing): Fact[] {
  const { router, now, money, settlerLamports } = standing;
  const { data } = router;
  const paused = pausesOf(standing).filter(({ isPaused }) => isPaused);
  return [
    ["program", router.programAddress],
    ["config", router.address],
    ["url on chain", safeLine(data.url, 130)],
    ["chain time", `${momentWords(now.time)}, slot ${now.slot}`],
    ["admin", data.admin],
    ...roleFacts(data.roles),
    ["settler's SOL", settlerLamports === undefined ? "–" : solWords(settlerLamports)],
    ...paramFacts(data.params),
    ["this window", `${usdcWords(windowSpent(data, now.time))} settled, ${usdcWords(windowRoom(data, now.time))} left`],
    ["paused", paused.map(({ kind, until }) => `${kind} until ${momentWords(until)}`).join(", ") || "nothing"],
    ...announcedFacts(data, now.time),
    ["vault", usdcWords(money.held)],
    [
      "owed",
      `${usdcWords(money.owed)} (users ${usdcWords(data.totalUser)}, providers ${usdcWords(data.totalProvider)}, fees ${usdcWords(data.feeAccrued)})`,
    ],
    ["batches", String(data.batchCount)],
  ];
}

/** What the router and the chain say differently. */
function disagreements({ facts, client }: Router, { router }: Standing): string[] {
  const { chain, url } = facts;
  const faults: string[] = [];
  if (chain !== undefined && chain.config !== router.address) {
    faults.push(
      `The router says its config is ${safeLine(chain.config, 60)}: it runs with another program or identity.`,
    );
  }
  if (router.data.url !== url && router.data.url !== client.url) {
    faults.push(
      `The directory leads to ${safeLine(router.data.url, 130)}, the router says ${safeLine(url, 130)}: set-url, or AIMO_PUBLIC_URL.`,
    );
  }
  return faults;
}

/** Tells how a router does; ends with 1 where something needs its operator. */
export const routerStatus: RunCommand = async (context, { options }) => {
  const router = await findRouter(context);
  const readiness = await readReadiness(context, options["operatorUrl"]);
  const { chain } = router.facts;
  const opened = chain === undefined ? undefined : await openChain(context, router);
  const standing = opened === undefined ? undefined : await readStanding(opened.node, opened.place);
  const faults = [
    ...(readiness === undefined || readiness === "ready" ? [] : [`It takes no requests: it says ${readiness}.`]),
    ...(standing === undefined
      ? ["It has no chain: nobody can deposit. Set AIMO_RPC_URL and AIMO_PROGRAM_ID, or see whether its node answers."]
      : [...disagreements(router, standing), ...standingFaults(standing)]),
  ];
  const { style } = context.terminal;
  const facts = [...routerFacts(router, readiness), ...(standing === undefined ? [] : chainFacts(standing))];
  const verdict =
    faults.length === 0 ? [style.good("✓ all is well")] : faults.map((fault) => `${style.bad("✗")} ${fault}`);
  const { id, client } = router;
  const { name, url, software, version } = router.facts;
  return {
    data: {
      router: { router_id: id, asked_at: client.url, name, url, software, version },
      readiness: readiness ?? null,
      chain: standing === undefined ? null : standingJson(standing),
      faults,
    },
    text: `${factsText(facts)}\n\n${verdict.join("\n")}`,
    reason: faults.length === 0 ? "done" : "failed",
  };
};

// `aimo router solvency`: the vault and what it owes, read from the chain, and what the router says of that.
import { usdcWords } from "@aimo-network/escrow/plain-words";
import { hex } from "@scure/base";
import { formatNanoUsdc, microToNanoAtMost, microUsdc } from "@aimo-network/protocol/money";
import { sleep } from "@aimo-network/protocol/clock";
import { safeLine } from "@aimo-network/protocol/safe-line";
import type { OpenChain } from "../chain/open-chain.ts";
import { openChain } from "../chain/open-chain.ts";
import type { RunCommand } from "../command-spec.ts";
import type { CommandContext } from "../context.ts";
import { SOLVENCY_LOOK_MS, SOLVENCY_LOOKS_MAX } from "../limits.ts";
import { findRouter } from "../network/find-router.ts";
import type { Router } from "../network/find-router.ts";
import { factsText } from "../terminal/table.ts";
import { inclusionFacts, inclusionJson, lookForWallet } from "./inclusion.ts";
import type { RouterWord } from "./router-word.ts";
import { askSolvency } from "./router-word.ts";
import { moneyJson, readRouterView } from "./standing.ts";
import type { Commitment, Standing } from "./standing.ts";

type Look = Pick<Standing, "router" | "vault" | "now" | "money"> & { readonly word: RouterWord };

/** Whether a router tells of the accounts that are its own, by its id alone. */
function placeFaults({ router, word }: Look): string[] {
  const { vault, mint } = router.data;
  const own: readonly (readonly [what: string, own: string, told: string])[] = [
    ["program", router.programAddress, word.programId],
    ["config", router.address, word.config],
    ["vault", vault, word.vault],
    ["mint", mint, word.mint],
  ];
  return own
    .filter(([, expected, told]) => expected !== told)
    .map(([what, expected, told]) => `The router tells of the ${what} ${told}; its own is ${expected}.`);
}

function isSame({ router, money, word }: Look): boolean {
  const { totalUser, totalProvider, feeAccrued } = router.data;
  const found = [money.held, totalUser, totalProvider, feeAccrued];
  return [word.held, word.users, word.providers, word.fees].every((amount, place) => amount === found[place]);
}

async function look(router: Router, chain: OpenChain, commitment: Commitment): Promise<Look> {
  const word = await askSolvency(router.client);
  return { word, ...(await readRouterView(chain.node, chain.place, commitment)) };
}

/** Looks until router and chain say the same; on a busy router they may differ at each look, since both go on. */
async function lookUntilSame(context: CommandContext, router: Router, chain: OpenChain): Promise<Look> {
  const commitment = router.facts.chain?.commitment === "confirmed" ? "confirmed" : "finalized";
  for (let looks = 1; ; looks += 1) {
    const found = await look(router, chain, commitment);
    if (isSame(found) || looks >= SOLVENCY_LOOKS_MAX) return found;
    await sleep(context.clock, SOLVENCY_LOOK_MS, context.interrupted);
  }
}

function wordFaults(found: Look): string[] {
  const { word, now, money } = found;
  const isFalse = !isSame(found) && word.slot === now.slot;
  return [
    ...(money.shortfall > 0n
      ? [`The vault has ${usdcWords(money.shortfall)} less than is owed: not everybody can be paid.`]
      : []),
    ...placeFaults(found),
    ...(isFalse ? [`At slot ${now.slot} the router says other numbers than the chain has.`] : []),
  ];
}

/** What the router says beside the chain, in one line. */
function wordWords(found: Look): string {
  const { word, now } = found;
  if (isSame(found)) return "the same";
  const told = `vault ${usdcWords(word.held)}, owed ${usdcWords(word.users + word.providers + word.fees)}`;
  return `${told} at slot ${word.slot}; the chain was read at slot ${now.slot}`;
}

function rootFacts({ word, router }: Look): (readonly [string, string])[] {
  const { root } = word;
  if (root === undefined) return [["said to be owed", "no root of liabilities yet: it is made every hour"]];
  const onChain = microToNanoAtMost(microUsdc(router.data.totalUser));
  const words = `${formatNanoUsdc(root.total)} USDC to ${root.size} users, ${safeLine(root.at, 40)}`;
  const beside =
    root.total === onChain
      ? ""
      : `; the escrows have ${formatNanoUsdc(onChain)} USDC now: what moved since is the difference`;
  return [
    ["said to be owed", `${words}${beside}`],
    ["root", hex.encode(root.hash)],
  ];
}

/** Says whether the vault covers what it owes; ends with 1 where it does not, or where a proof does not hold. */
export const routerSolvency: RunCommand = async (context, { options }) => {
  const router = await findRouter(context);
  const chain = await openChain(context, router);
  const found = await lookUntilSame(context, router, chain);
  const { router: config, now, money, word } = found;
  const { mint } = config.data;
  const where = { node: chain.node, place: chain.place, mint, root: word.root };
  const inclusion = options["proof"] === true ? await lookForWallet(context, router, where) : undefined;
  const faults = [...wordFaults(found), ...(inclusion?.faults ?? [])];
  const { style } = context.terminal;
  const { totalUser, totalProvider, feeAccrued } = config.data;
  const facts: (readonly [string, string])[] = [
    ["router", router.id],
    ["vault", `${usdcWords(money.held)} at ${config.data.vault}, slot ${now.slot}`],
    ["owed", usdcWords(money.owed)],
    ["  to users", usdcWords(totalUser)],
    ["  to providers", usdcWords(totalProvider)],
    ["  to the router", usdcWords(feeAccrued)],
    ["left over", usdcWords(money.surplus)],
    ["the router says", wordWords(found)],
    ...rootFacts(found),
    ...(inclusion === undefined ? [] : inclusionFacts(inclusion)),
  ];
  const verdict =
    faults.length === 0
      ? [style.good("✓ the vault covers what it owes")]
      : faults.map((fault) => `${style.bad("✗")} ${fault}`);
  return {
    data: {
      router: router.id,
      config: config.address,
      vault: config.data.vault,
      mint,
      slot: Number(now.slot),
      ...moneyJson(found),
      router_says_the_same: isSame(found),
      liability_root:
        word.root === undefined
          ? null
          : {
              hash: hex.encode(word.root.hash),
              total: formatNanoUsdc(word.root.total),
              size: word.root.size,
              at: word.root.at,
            },
      inclusion: inclusion === undefined ? null : inclusionJson(inclusion),
      faults,
    },
    text: `${factsText(facts)}\n\n${verdict.join("\n")}`,
    reason: faults.length === 0 ? "done" : "failed",
  };
};

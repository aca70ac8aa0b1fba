// `aimo balance`: what a wallet has at a router, how much of it may be taken, and what is still on the wallet.
import { formatNanoUsdc } from "@aimo-network/protocol/money";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { objectIn, usdcIn } from "@aimo-network/protocol/told-members";
import type { RunCommand } from "../command-spec.ts";
import { findRouter } from "../network/find-router.ts";
import type { Router } from "../network/find-router.ts";
import { readingAccess } from "../network/reading-key.ts";
import { strangeAnswer } from "../network/router-answer.ts";
import type { Style } from "../terminal/style.ts";
import { factsText } from "../terminal/table.ts";
import type { BalanceLine } from "./chain-balance.ts";
import { chainJson, chainLines, readChainBalance } from "./chain-balance.ts";

const PATH = "/api/v1/account/balance";
const NAMES = ["available", "lockable", "locked", "withdrawing", "payable", "deposited"] as const;

type Told = Readonly<Record<(typeof NAMES)[number], NanoUsdc>>;

async function readTold({ client }: Router, bearer: string): Promise<Told> {
  const body = await client.call(PATH, { bearer, what: "The router does not say what the wallet has." });
  const told = NAMES.map((name) => {
    const amount = usdcIn(objectIn(body, "data"), name);
    if (amount === undefined) throw strangeAnswer(client.url, PATH);
    return [name, amount] as const;
  });
  return Object.fromEntries(told) as Told;
}

function toldLines({ available, lockable, locked, withdrawing, payable }: Told, style: Style): BalanceLine[] {
  const line = (name: string, amount: NanoUsdc, words: string): BalanceLine => {
    const said = words === "" || amount === 0n ? "" : `  ${style.faint(words)}`;
    return [name, `${formatNanoUsdc(amount)} USDC${said}`];
  };
  const reach = lockable < available ? `of it ${formatNanoUsdc(lockable)} within the allowance` : "";
  return [
    line("available", available, reach),
    line("locked", locked, "by requests that run"),
    line("unsettled", payable, "charged, and not on the chain yet"),
    ...(withdrawing > 0n ? [line("withdrawing", withdrawing, "until it has landed or expired")] : []),
  ];
}

/** Shows the balance. */
export const balance: RunCommand = async (context) => {
  const router = await findRouter(context);
  const { bearer, wallet } = await readingAccess(context, router);
  const [told, found] = await Promise.all([
    readTold(router, bearer),
    wallet === undefined ? undefined : readChainBalance(context, router, wallet),
  ]);
  const { style } = context.terminal;
  const lines = [...toldLines(told, style), ...(found === undefined ? [] : chainLines(found, style))];
  const { payable, ...amounts } = told;
  const shown = Object.entries({ ...amounts, unsettled: payable }).map(([name, amount]) => [
    name,
    formatNanoUsdc(amount),
  ]);
  return {
    data: { router: router.id, wallet: wallet ?? null, ...(Object.fromEntries(shown) as object), ...chainJson(found) },
    text: factsText(lines),
  };
};

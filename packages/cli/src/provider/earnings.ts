// `aimo provider earnings`: what was earned, when it can be taken out, and what was not paid and why.
import { isJsonObject } from "@aimo-network/protocol/json-object";
import { safeLine } from "@aimo-network/protocol/safe-line";
import { countIn, listIn, objectIn, textIn } from "@aimo-network/protocol/told-members";
import { CommandFault } from "../fault.ts";
import type { CommandContext } from "../context.ts";
import type { RunCommand } from "../command-spec.ts";
import { readDays } from "../keys/option-words.ts";
import { EARNINGS_DAYS_MAX } from "../limits.ts";
import { findRouter } from "../network/find-router.ts";
import type { Router } from "../network/find-router.ts";
import { readingKey } from "../network/reading-key.ts";
import { factsText, tableText } from "../terminal/table.ts";

interface DayEarned {
  readonly date: string;
  readonly model: string;
  readonly requests: string;
  readonly earned: string;
}

interface UnpaidReason {
  readonly reason: string;
  readonly count: string;
  readonly amount: string;
}

interface Earnings {
  readonly claimable: string;
  readonly withdrawing: string;
  readonly payable: string;
  readonly byDay: readonly DayEarned[];
  readonly unpaid: readonly UnpaidReason[];
}

const AMOUNT = /^\d{1,20}(?:\.\d{1,9})?$/;

/** Why answers are not paid, in words; codes that a later router adds are shown as they are. */
const REASON_WORDS: Readonly<Record<string, string>> = {
  no_usage: "the upstream reported no usage",
  interrupted: "the answer broke off",
  failed: "nothing was answered",
  router_ended: "the router itself broke off",
  late: "the charge came too late to be covered in full",
  shortfall: "the user's escrow had less than was charged",
  exit: "the user left before it was settled",
};

function strange(): CommandFault {
  return new CommandFault({
    what: "The router's answer about earnings is none.",
    why: "/api/v1/provider/earnings has no amounts where they belong.",
    next: "Compare the versions: aimo --version, and `version` in the router's /.well-known/aimo.json.",
    reason: "refused",
  });
}

function amountIn(value: unknown, name: string): string {
  const text = textIn(value, name) ?? countIn(value, name)?.toString();
  if (text === undefined || !AMOUNT.test(text)) throw strange();
  return text;
}

function numberIn(value: unknown, name: string): string {
  return countIn(value, name)?.toString() ?? safeLine(textIn(value, name) ?? "0");
}

function lineIn(value: unknown, name: string): string {
  return safeLine(textIn(value, name) ?? "");
}

async function earningsAt({ client }: Router, key: string): Promise<Earnings> {
  const what = "The router does not show the earnings.";
  const data = objectIn(await client.call("/api/v1/provider/earnings", { bearer: key, what }), "data");
  return {
    claimable: amountIn(data, "claimable"),
    withdrawing: amountIn(data, "withdrawing"),
    payable: amountIn(data, "payable"),
    byDay: (listIn(data, "by_day") ?? []).filter(isJsonObject).map((row) => ({
      date: lineIn(row, "date"),
      model: lineIn(row, "model"),
      requests: numberIn(row, "requests"),
      earned: amountIn(row, "earned"),
    })),
    unpaid: (listIn(data, "unpaid") ?? []).filter(isJsonObject).map((row) => ({
      reason: lineIn(row, "reason"),
      count: numberIn(row, "count"),
      amount: amountIn(row, "amount"),
    })),
  };
}

/** The rows of the newest days, the newest day first, and within it as the router has them. */
function newestDays(rows: readonly DayEarned[], days: number): readonly DayEarned[] {
  const dates = [...new Set(rows.map(({ date }) => date))].toSorted().toReversed().slice(0, days);
  return dates.flatMap((date) => rows.filter((row) => row.date === date));
}

function earningsText({ terminal: { style, width } }: CommandContext, found: Earnings): string {
  const facts = factsText([
    ["Claimable", `${style.strong(found.claimable)} USDC (aimo provider withdraw all)`],
    ["Unsettled", `${found.payable} USDC, charged to users, before the router's fee`],
    ["Withdrawing", `${found.withdrawing} USDC`],
  ]);
  const dayColumns = [
    { title: "DAY (UTC)" },
    { title: "MODEL", isElastic: true },
    { title: "ANSWERS", isNumber: true },
    { title: "EARNED", isNumber: true },
  ];
  const dayRows = found.byDay.map(({ date, model, requests, earned }) => [date, model, requests, earned]);
  const days = dayRows.length === 0 ? "No answer was paid in these days." : tableText(dayColumns, dayRows, { width });
  if (found.unpaid.length === 0) return `${facts}\n\n${days}`;
  const unpaidColumns = [
    { title: "NOT PAID", isElastic: true },
    { title: "TIMES", isNumber: true },
    { title: "AMOUNT", isNumber: true },
  ];
  const unpaidRows = found.unpaid.map(({ reason, count, amount }) => [REASON_WORDS[reason] ?? reason, count, amount]);
  return `${facts}\n\n${days}\n\n${tableText(unpaidColumns, unpaidRows, { width })}`;
}

/** Shows a provider's earnings at one router. */
export const providerEarnings: RunCommand = async (context, { options }) => {
  const days = readDays("--days", String(options["days"] ?? "14"), EARNINGS_DAYS_MAX);
  const router = await findRouter(context);
  const all = await earningsAt(router, await readingKey(context, router, "completion_model"));
  const found = { ...all, byDay: newestDays(all.byDay, days) };
  const data = {
    router: router.id,
    claimable: found.claimable,
    payable: found.payable,
    withdrawing: found.withdrawing,
    by_day: found.byDay,
    unpaid: found.unpaid,
  };
  return { data, text: earningsText(context, found) };
};

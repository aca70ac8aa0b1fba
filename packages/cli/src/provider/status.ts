// `aimo provider status`: what the router sells of a provider's, how much of the traffic it gets, and why.
import { safeLine } from "@aimo-network/protocol/safe-line";
import type { CommandContext } from "../context.ts";
import type { Outcome, RunCommand } from "../command-spec.ts";
import { findRouter } from "../network/find-router.ts";
import type { Router } from "../network/find-router.ts";
import { readingAccess } from "../network/reading-key.ts";
import type { Style } from "../terminal/style.ts";
import type { Column } from "../terminal/table.ts";
import { factsText, tableText } from "../terminal/table.ts";
import type { OwnOffer, ProviderStanding } from "./own-offers.ts";
import { standingOf, walletOfKey } from "./own-offers.ts";
import { priceText } from "./token-price.ts";

const COLUMNS: readonly Column[] = [
  { title: "MODEL", isElastic: true },
  { title: "PROMPT", isNumber: true },
  { title: "COMPLETION", isNumber: true },
  { title: "VERDICT" },
  { title: "SHARE", isNumber: true },
  { title: "TIER" },
  { title: "SUCCESS", isNumber: true, isExtra: true },
  { title: "LATENCY", isNumber: true, isExtra: true },
];
const VERDICT_COLUMN = 3;
const TIER_COLUMN = 5;

/** A share of 0 to 1, or percent, with at most two decimals: for eyes, the JSON has all digits. */
function percentText(text: string | undefined, factor: number): string {
  return text === undefined ? "–" : `${Number.parseFloat((Number.parseFloat(text) * factor).toFixed(2))} %`;
}

function rowOf(offer: OwnOffer): readonly string[] {
  return [
    offer.model,
    priceText(offer.promptPrice),
    priceText(offer.completionPrice),
    offer.isNew && offer.verdict === "verified" ? "verified, new" : offer.verdict,
    percentText(offer.share, 100),
    offer.tier,
    percentText(offer.success, 1),
    offer.latencyMs === undefined ? "–" : `${Math.round(Number.parseFloat(offer.latencyMs))} ms`,
  ];
}

function painter(style: Style): (cell: string, row: number, column: number) => string {
  return (cell, _row, column) => {
    if (column === VERDICT_COLUMN) return cell === "unverified" ? style.bad(cell) : cell;
    if (column !== TIER_COLUMN) return cell;
    return cell === "good" ? style.good(cell) : cell === "outage" ? style.bad(cell) : style.doubtful(cell);
  };
}

function whyText(offer: OwnOffer, style: Style): string {
  const lines = offer.reasons.map(({ words }) => `  ${words}`);
  return lines.length === 0 ? "" : `\n\n${style.strong(offer.model)}\n${lines.join("\n")}`;
}

function standingText({ terminal: { style, width } }: CommandContext, router: Router, found: ProviderStanding): string {
  const { offers, unlisted } = found;
  const facts = factsText([
    ["Router", `${safeLine(router.facts.name)} (${router.client.url})`],
    ["Wallet", found.wallet],
    ["Links", `${found.links}${found.since === undefined ? "" : `, since ${safeLine(found.since)}`}`],
    ["Success of a day", percentText(found.uptime, 1)],
  ]);
  if (offers.length === 0) return `${facts}\n\nConnected, but nothing of yours is on the market.`;
  const table = tableText(COLUMNS, offers.map(rowOf), { width, paint: painter(style) });
  const more = unlisted === 0 ? "" : `\n… and ${unlisted} more models`;
  const units = style.faint("Prices in USDC per million tokens; success over a day, latency over half an hour.");
  return `${facts}\n\n${table}${more}\n${units}${offers.map((offer) => whyText(offer, style)).join("")}`;
}

/** What was measured is a number for programs; it arrives as the text that the router wrote. */
function measure(text: string | undefined): number | null {
  return text === undefined ? null : Number.parseFloat(text);
}

function offerJson(offer: OwnOffer): object {
  const { model, share, tier, verdict, isNew, reasons } = offer;
  return {
    model,
    prompt_per_million: offer.promptPrice === undefined ? null : priceText(offer.promptPrice),
    completion_per_million: offer.completionPrice === undefined ? null : priceText(offer.completionPrice),
    share: measure(share),
    tier,
    verdict,
    is_new: isNew,
    success_percent: measure(offer.success),
    latency_ms: measure(offer.latencyMs),
    free_slots: offer.freeSlots ?? null,
    reasons,
  };
}

function awayOutcome(router: Router, wallet: string): Outcome {
  const text = `No link of ${wallet} is open at ${router.client.url}: nothing is sold there.
Start the proxy (aimo-proxy --config config.toml), or see what keeps it away: aimo provider check --config config.toml`;
  const data = { router: router.id, wallet, connected: false, links: 0, offers: [] };
  return { data, text, reason: "failed" };
}

/** Shows where a provider stands; ends as failed where it sells nothing. */
export const providerStatus: RunCommand = async (context) => {
  const router = await findRouter(context);
  const access = await readingAccess(context, router, "completion_model");
  const progress = context.terminal.progress("Asking the router");
  try {
    const wallet = access.wallet ?? (await walletOfKey(router, access.bearer)); // an issued key does not say whose it is
    const found = await standingOf(router, wallet);
    if (found === undefined) return awayOutcome(router, wallet);
    const data = {
      router: router.id,
      wallet,
      connected: true,
      links: found.links,
      connected_since: found.since ?? null,
      success_percent: measure(found.uptime),
      offers: found.offers.map(offerJson),
      unlisted_models: found.unlisted,
    };
    const isSelling = found.offers.length > 0;
    return { data, text: standingText(context, router, found), ...(!isSelling && { reason: "failed" as const }) };
  } finally {
    progress.done();
  }
};

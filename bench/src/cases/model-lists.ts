// How fast the list of 5,000 models comes: whole, in each form, to who has it already, and while one of its prices changes.
import { join } from "node:path";
import { makeProviderKey } from "@aimo-network/localnet/demo-keys";
import { loadWallet } from "@aimo-network/localnet/wallets";
import { sleep } from "@aimo-network/protocol/clock";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import type { BenchCase, BenchTools, Site } from "../bench-case.ts";
import { onFreshSite } from "../bench-case.ts";
import type { IdleLink } from "../idle-peers/idle-link.ts";
import { openIdleLink } from "../idle-peers/idle-link.ts";
import type { Burst } from "../load/burst.ts";
import type { Figure } from "../results/figures.ts";
import { figure } from "../results/figures.ts";

const MODELS = 5_000;
const CONNECTIONS = 16;
const PATH = "/api/v1/models";
const CHANGE_EVERY_MS = 1_000;
const WHOLE_MIN = 200; // a second
const UNCHANGED_MIN = 5_000;

interface Row {
  readonly title: string;
  readonly coding: string;
  readonly requests: number;
  readonly kind: "whole" | "unchanged" | "changing";
}

const ROWS: readonly Row[] = [
  { title: "whole, as it is", coding: "identity", requests: 1_000, kind: "whole" },
  { title: "whole, gzip", coding: "gzip", requests: 10_000, kind: "whole" },
  { title: "whole, br", coding: "br", requests: 10_000, kind: "whole" },
  { title: "whole, gzip, while a price changes every second", coding: "gzip", requests: 40_000, kind: "changing" },
  { title: "304", coding: "gzip", requests: 40_000, kind: "unchanged" },
];

/** Models of some authors with names, prices and abilities of their own. */
function offers(): Offer[] {
  return Array.from({ length: MODELS }, (_, index) => ({
    name: `model-${index}-instruct`,
    display_name: `Author ${index % 60}: Model ${index} Instruct`,
    provider_name: `author-${index % 60}`,
    context_length: 8_192 * (1 + (index % 32)),
    max_completion_tokens: 4_096 * (1 + (index % 8)),
    input_modalities: index % 3 === 0 ? ["text", "image"] : ["text"],
    output_modalities: ["text"],
    capabilities: index % 2 === 0 ? ["tools", "json_schema"] : ["reasoning"],
    endpoints: ["/chat/completions"],
    pricing: { prompt: `0.${1_000 + index}`, completion: `${index % 20}.${index}` },
  }));
}

function changingOffer(change: number): Offer {
  const [offer] = offers();
  return { ...(offer as Offer), name: "changing", pricing: { prompt: "1", completion: `1.${change}` } };
}

async function openShop(tools: BenchTools, { network }: Site, shop: string, sold: readonly Offer[]): Promise<IdleLink> {
  const wallet = loadWallet(join(network.directory, `${shop}.json`));
  return await openIdleLink(network.routerUrl, await makeProviderKey(tools.clock, wallet, network.routerId), sold);
}

/** Lets a price change again and again while `run` runs. */
async function changing<Outcome>({ clock }: BenchTools, link: IdleLink, run: () => Promise<Outcome>): Promise<Outcome> {
  const ended = new AbortController();
  const change = async (): Promise<void> => {
    for (let count = 1; !ended.signal.aborted; count += 1) {
      link.offer([changingOffer(count)]);
      await sleep(clock, CHANGE_EVERY_MS, ended.signal);
    }
  };
  const changes = change();
  try {
    return await run();
  } finally {
    ended.abort();
    await changes;
  }
}

/** How many bytes the list has in a coding. */
async function bytesOf({ network }: Site, coding: string): Promise<number> {
  const response = await fetch(`${network.routerUrl}${PATH}`, {
    headers: { "accept-encoding": coding },
    method: "HEAD",
  });
  return Number(response.headers.get("content-length"));
}

async function measureRow(tools: BenchTools, site: Site, link: IdleLink, row: Row): Promise<Burst> {
  const { coding, requests, kind } = row;
  const port = Number(new URL(site.network.routerUrl).port);
  const order = { port, path: PATH, status: 200, connections: CONNECTIONS, requests };
  const headers = { "accept-encoding": coding };
  const get = (): Promise<Burst> => site.load.run("gets", { ...order, headers });
  if (kind === "changing") return await changing(tools, link, get);
  if (kind === "whole") return await get();
  const known = { ...headers, "if-none-match": "*" }; // a tag would change with what is measured every ten seconds
  return await site.load.run("gets", { ...order, status: 304, headers: known });
}

function figuresOf({ title, kind }: Row, bytes: number, bursts: readonly Burst[]): Figure[] {
  const about = { table: `The list of ${MODELS} models, ${CONNECTIONS} connections`, case: title };
  const atLeast = kind === "unchanged" ? UNCHANGED_MIN : WHOLE_MIN;
  return [
    figure(
      { ...about, what: "KiB", digits: 0 },
      bursts.map(() => (kind === "unchanged" ? 0 : bytes / 1_024)),
    ),
    figure(
      { ...about, what: "answers /s", digits: 0, atLeast },
      bursts.map(({ perSecond }) => perSecond),
    ),
    figure(
      { ...about, what: "p50 ms", digits: 2 },
      bursts.map(({ whole }) => whole.p50Ms),
    ),
    figure(
      { ...about, what: "p99 ms", digits: 2 },
      bursts.map(({ whole }) => whole.p99Ms),
    ),
  ];
}

async function measure(tools: BenchTools): Promise<Figure[]> {
  return await onFreshSite(tools, async (site) => {
    const shop = await openShop(tools, site, "shop", offers());
    const link = await openShop(tools, site, "changing-shop", [changingOffer(0)]);
    const measured: Figure[] = [];
    for (const row of ROWS) {
      tools.say(`the list of ${MODELS} models, ${row.title}`);
      const bytes = await bytesOf(site, row.coding);
      await measureRow(tools, site, link, row); // warm-up, not counted
      const bursts: Burst[] = [];
      for (let round = 0; round < tools.rounds; round += 1) bursts.push(await measureRow(tools, site, link, row));
      measured.push(...figuresOf(row, bytes, bursts));
    }
    shop.close();
    link.close();
    return measured;
  });
}

/** The subject `models`. */
export const MODEL_LISTS: BenchCase = { name: "models", measure };

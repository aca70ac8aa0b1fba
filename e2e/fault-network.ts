// A network for the table of faults: one provider that has them, two beside it, and a record of whom each request reached.
import { once } from "node:events";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createDemoModel } from "@aimo-network/localnet/demo-model/demo-model";
import type { Call } from "@aimo-network/localnet/demo-model/call-log";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import { runningPostgresUrl } from "aimo-router/src/ledger/database/embedded/embedded-postgres.ts";
import { startNetwork, waitFor } from "./network.ts";
import type { Network, SoldModel, TestProvider } from "./network.ts";

/**
 * Who sells a model: only the first provider; the first with its fault, and two that are well; or all three with the
 * fault.
 */
export const MARKETS = ["one", "first", "all"] as const;
/** One of them. */
export type Market = (typeof MARKETS)[number];

/** How an answer is asked for. Each fault is sold for each: who was told to come later by one offer asks another. */
export const MODES = ["json", "stream"] as const;
/** One of them. */
export type Mode = (typeof MODES)[number];

/** A fault on sale. */
export interface SoldFault {
  /** The name it is sold by, unique in the network. */
  readonly name: string;
  /** Traits of the demo model, behind `demo.fixed-5.`. */
  readonly traits: string;
  /** The traits of the other two where all are at fault, if they have others. */
  readonly othersTraits?: string;
  /** The deadlines of the proxies that have the fault, as lines of `[models.params.timeouts]`. */
  readonly timeouts?: string;
  /** Where it is found: a model whose time a test moves by hand, one whose moderation flags everything, or an address at which nothing listens. */
  readonly at?: "clocked" | "moderated" | "nowhere";
}

/** One call of a model: which provider made it, and of what. */
export interface Reached {
  readonly provider: string;
  readonly call: Call;
}

/** A running network of faults. */
export interface FaultNetwork {
  /** A router with the usual deadlines, and one whose own are short. */
  readonly routers: { readonly patient: RouterDoor; readonly strict: RouterDoor };
  /** The databases of both. */
  readonly databaseUrls: { readonly patient: string; readonly strict: string };
  /** The time of the model behind faults at `clocked`. */
  readonly clock: ManualClock;
  /** The wallets of the providers, by the names that `reached` uses. */
  readonly wallets: Readonly<Record<string, string>>;
  /** The calls that the request of this user agent led to, in their order. */
  reached(userAgent: string): readonly Reached[];
  /** Waits until the model of this request's first call is in a state. */
  firstCall(userAgent: string, state: Call["state"]): Promise<Call>;
  /** Ends the provider `doomed` as a crash would. */
  killDoomed(): Promise<void>;
  stop(): Promise<void>;
}

/** Where a client asks. */
export interface RouterDoor {
  readonly url: string;
  readonly key: string;
}

// Requests name the first provider as the one to ask first. What a request costs besides its tokens keeps the others within
// twice what the first could cost: dearer fallbacks are left out. A token costs one nano-USDC there, at the others ten thousand.
const FIRST_PRICE = "0.001";
const OTHERS_PRICE = "10";
const REQUEST_PRICE = "0.06";

/** What the answers of this network cost, in nano-USDC: each token, and the request itself. */
export const NANO_USDC = { firstToken: 1n, othersToken: 10_000n, request: 60_000_000n } as const;

// Long enough for a busy machine to answer within, short enough to be waited for; a plain answer has only the last.
const STRICT = {
  AIMO_FIRST_BYTE_TIMEOUT_MS: "2000",
  AIMO_IDLE_TIMEOUT_MS: "2000",
  AIMO_TOTAL_TIMEOUT_MS: "10000",
};

/** What a moderation says that flags everything, in OpenRouter's shape. */
export const MODERATION = { reasons: ["violence"], flagged_input: "the beginning of a prompt" } as const;

/** A model API behind a moderation that lets nothing through. */
async function startModeration(): Promise<Server> {
  const body = JSON.stringify({ error: { code: 403, message: "flagged", metadata: MODERATION } });
  const server = createServer((request, response) => {
    request.resume();
    request.once("end", () => response.writeHead(403, { "content-type": "application/json" }).end(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

const STRICT_DIRECTORY = "strict-router";

function databaseUrlIn(network: Network, directory: string): string {
  const url = runningPostgresUrl(join(network.directory, directory));
  if (url === undefined) throw new Error(`no database runs in ${directory}`);
  return url;
}

const UNUSED_PORT = 1; // nothing has it: a free one could be taken by another program before it is called
const HEALTHY = "demo.fixed-7";

/** A model of a provider; its key is what the model knows the provider by. */
function sold(
  provider: string,
  name: string,
  model: string,
  more: Partial<SoldModel> & { timeouts?: string },
): SoldModel {
  const { timeouts, ...rest } = more;
  const params = [
    `api_key = "${provider}"`,
    ...(timeouts === undefined ? [] : [`[models.params.timeouts]\n${timeouts}`]),
  ];
  return { name, model, params: params.join("\n"), ...rest };
}

interface Upstreams {
  readonly usual: string;
  readonly clocked: string;
  readonly moderated: string;
  readonly nowhere: string;
}

function faulty(provider: string, mode: Mode, market: Market, fault: SoldFault, upstreams: Upstreams): SoldModel {
  const { name, traits, othersTraits, timeouts, at } = fault;
  const own = provider === "first" || provider === "doomed" ? traits : (othersTraits ?? traits);
  return sold(provider, `${mode}.${market}.${name}`, `demo.fixed-5.${own}`, {
    ...(timeouts !== undefined && { timeouts }),
    ...(at !== undefined && { upstreamUrl: upstreams[at] }),
  });
}

function othersModels(provider: string, faults: readonly SoldFault[], upstreams: Upstreams): SoldModel[] {
  return faults.flatMap((fault) =>
    MODES.flatMap((mode) => [
      // With the faulty one's model, whose call log then has all calls of a request in their order.
      sold(
        provider,
        `${mode}.first.${fault.name}`,
        HEALTHY,
        fault.at === "clocked" ? { upstreamUrl: upstreams.clocked } : {},
      ),
      faulty(provider, mode, "all", fault, upstreams),
    ]),
  );
}

interface StartedProviders {
  readonly strict: RouterDoor;
  readonly providers: ReadonlyMap<string, TestProvider>;
}

async function startProviders(
  network: Network,
  faults: readonly SoldFault[],
  doomed: readonly SoldFault[],
  upstreams: Upstreams,
): Promise<StartedProviders> {
  const { file } = network;
  const strict = await network.startRouter({ ...STRICT, AIMO_DATA_DIR: join(network.directory, STRICT_DIRECTORY) });
  const routers = [{ url: file.router_url, routerId: file.router_id }, strict];
  const providers = new Map<string, TestProvider>();
  const start = async (provider: string, price: string, models: readonly SoldModel[]): Promise<void> => {
    const { usual: upstreamUrl } = upstreams;
    const sale = { models, price, requestPrice: REQUEST_PRICE, routers, upstreamUrl };
    providers.set(provider, await network.startProvider(sale));
  };
  const offers = (provider: string, faultsOf: readonly SoldFault[], markets: readonly Market[]): SoldModel[] =>
    faultsOf.flatMap((fault) =>
      MODES.flatMap((mode) => markets.map((market) => faulty(provider, mode, market, fault, upstreams))),
    );
  await Promise.all([
    start("first", FIRST_PRICE, offers("first", faults, MARKETS)),
    start("doomed", FIRST_PRICE, offers("doomed", doomed, ["one", "first"])),
    ...["second", "third"].map((provider) =>
      start(provider, OTHERS_PRICE, othersModels(provider, [...faults, ...doomed], upstreams)),
    ),
  ]);
  return { strict: { url: strict.url, key: strict.userKey }, providers };
}

/** Starts it; the provider `doomed` sells the faults in `doomed` as `first` does the others, and exists to be killed. */
export async function startFaultNetwork(
  faults: readonly SoldFault[],
  doomed: readonly SoldFault[],
): Promise<FaultNetwork> {
  const clock = manualClock();
  const usual = createDemoModel();
  const clocked = createDemoModel({ clock });
  const moderation = await startModeration();
  const urlOf = (port: number): string => `http://127.0.0.1:${port}/v1`;
  const upstreams = {
    usual: urlOf(await usual.listen(0)),
    clocked: urlOf(await clocked.listen(0)),
    moderated: urlOf((moderation.address() as AddressInfo).port),
    nowhere: urlOf(UNUSED_PORT),
  };
  const network = await startNetwork({ withProvider: false });
  const stop = async (): Promise<void> => {
    await network.stop();
    moderation.close();
    moderation.closeAllConnections();
    await Promise.all([usual.close(), clocked.close()]);
  };
  const { strict, providers } = await startProviders(network, faults, doomed, upstreams).catch(
    async (error: unknown) => {
      await stop(); // or what has started would keep this process alive
      throw error;
    },
  );
  const { file } = network;
  const reached = (userAgent: string): Reached[] =>
    [...usual.calls.list(), ...clocked.calls.list()]
      .filter(({ headers }) => headers["user-agent"] === userAgent)
      .map((call) => ({ provider: (call.authorization ?? "").replace("Bearer ", ""), call }));
  return {
    routers: { patient: { url: file.router_url, key: file.user.api_key }, strict },
    databaseUrls: { patient: databaseUrlIn(network, "router"), strict: databaseUrlIn(network, STRICT_DIRECTORY) },
    clock,
    wallets: Object.fromEntries([...providers].map(([provider, { wallet }]) => [provider, wallet])),
    reached,
    firstCall: (userAgent, state) =>
      waitFor(`a call of ${userAgent} that is ${state}`, () => {
        const call = reached(userAgent)[0]?.call;
        return Promise.resolve(call?.state === state ? call : undefined);
      }),
    killDoomed: async () => await providers.get("doomed")?.child.kill(),
    stop,
  };
}

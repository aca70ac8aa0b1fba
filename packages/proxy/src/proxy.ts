// The composition root: one process that serves the models of one config file through all its routers.
import type { Clock } from "@aimo-network/protocol/clock";
import type { Random } from "@aimo-network/protocol/random";
import type { ProxyConfig, RouterTarget } from "./config/proxy-config.ts";
import type { Environment } from "./config/reading.ts";
import { Ends } from "./ends/ends.ts";
import type { LinkState, LinkTools } from "./link/router-link.ts";
import { RouterLink } from "./link/router-link.ts";
import type { Log } from "./log.ts";
import type { ResolveHost } from "./crossing/media.ts";
import { createServer } from "./serving/serve.ts";
import type { Settings } from "./serving/settings.ts";
import { createSettings } from "./serving/settings.ts";
import type { Tally } from "./serving/tally.ts";
import { createUpstreams } from "./serving/upstream.ts";
import { SOFTWARE, VERSION } from "./version.ts";

/** What a proxy takes from its surroundings. */
export interface ProxyTools {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** For the proxies it names; the config has been read with it already. */
  readonly environment: Environment;
  readonly resolve: ResolveHost;
}

/** What is going on, for people. */
export interface ProxyStatus {
  readonly routers: readonly { readonly url: string; readonly state: LinkState }[];
  readonly models: number;
  readonly running: number;
  readonly tally: Readonly<Tally>;
}

/** A running proxy. */
export interface Proxy {
  start(): void;
  /** Serves by another config from now on; running requests keep the one they started with. */
  apply(config: ProxyConfig): void;
  /** Takes no new requests, gives running ones `graceMs`, and closes everything. */
  drain(reason: string, graceMs: number): Promise<void>;
  status(): ProxyStatus;
}

/** Where a proxy keeps its Ends, and whom it tells that no router takes its key. */
export interface ProxyOptions {
  readonly spoolPath: string | undefined;
  allRefused(): void;
}

/** Puts a proxy together; `start` connects it. */
export function createProxy(tools: ProxyTools, config: ProxyConfig, options: ProxyOptions): Proxy {
  const { clock, log } = tools;
  let settings: Settings = createSettings(config);
  const ends = new Ends(clock, log, options.spoolPath);
  const upstreams = createUpstreams(tools.environment);
  const server = createServer(log, { clock, upstreams, resolve: tools.resolve }, settings);
  const linkTools: LinkTools = {
    ...tools,
    ends,
    server,
    hello: () => ({ software: SOFTWARE, version: VERSION, max_concurrency: settings.concurrencyMax }),
  };
  let links: readonly RouterLink[] = [];
  const leaving = new Set<Promise<void>>();

  const reportRefusal = (): void => {
    if (links.length > 0 && links.every(({ state }) => state === "refused")) options.allRefused();
  };
  const connect = (target: RouterTarget): RouterLink => {
    const link = new RouterLink(linkTools, target, settings.offers, reportRefusal);
    link.start();
    return link;
  };
  const leave = (link: RouterLink, reason: string, graceMs: number): void => {
    const left = link.leave(reason, graceMs).finally(() => leaving.delete(left));
    leaving.add(left);
  };

  return {
    start() {
      links = config.routers.map(connect);
    },
    apply(next) {
      settings = createSettings(next);
      server.use(settings);
      const kept = links.filter((link) => next.routers.some((target) => isSameTarget(target, link.target)));
      for (const link of links) if (!kept.includes(link)) leave(link, "removed from the config", next.timeouts.totalMs);
      for (const link of kept) link.announce(settings.offers);
      const added = next.routers.filter((target) => !kept.some((link) => isSameTarget(target, link.target)));
      links = [...kept, ...added.map(connect)];
    },
    async drain(reason, graceMs) {
      for (const link of links) leave(link, reason, graceMs);
      await Promise.all(leaving);
      ends.flush();
      await upstreams.close();
    },
    status: () => ({
      routers: links.map(({ target, state }) => ({ url: target.url, state })),
      models: settings.models.size,
      running: server.admission.running,
      tally: server.tally,
    }),
  };
}

function isSameTarget(first: RouterTarget, second: RouterTarget): boolean {
  const isSameRouter = first.url === second.url && first.id === second.id;
  return isSameRouter && first.apiKey.reveal() === second.apiKey.reveal();
}

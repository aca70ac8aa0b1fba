// A router's way to its chain: the nodes, who follows it, who sends, and what was seen last.
import type { RouterPlace } from "@aimo-network/escrow/addresses";
import { routerPlace } from "@aimo-network/escrow/addresses";
import type { Clock } from "@aimo-network/protocol/clock";
import type { Logger } from "pino";
import type { ChainSettings } from "./chain-settings.ts";
import { createDerivedAddresses } from "./derived-addresses.ts";
import type { DerivedAddresses } from "./derived-addresses.ts";
import { createEndpoints } from "./endpoints.ts";
import type { Endpoints } from "./endpoints.ts";
import { createFollower } from "./follow.ts";
import type { Follower } from "./follow.ts";
import { createHints } from "./hints.ts";
import { createNodeWatch } from "./node-watch.ts";
import type { ChainObservation } from "./observation.ts";
import { createSender } from "./send.ts";
import type { Sender } from "./send.ts";

/** What a chain tells whoever counts. */
export interface ChainCounts {
  /** Two nodes contradict each other, or one itself. */
  disagreement(): void;
}

/** The chain of a running router. */
export interface ChainLink {
  readonly router: RouterPlace;
  readonly addresses: DerivedAddresses;
  readonly endpoints: Endpoints;
  readonly sender: Sender;
  readonly follower: Follower;
  /** What was observed last; its config and time are the newest that are known. */
  latest(): ChainObservation | undefined;
  /** Milliseconds since the chain was seen to move; Infinity until it was seen. */
  unseenMs(): number;
  /** Begins to follow. */
  start(observe: (observation: ChainObservation) => Promise<void>): void;
  stop(): Promise<void>;
}

/** What the link needs. */
export interface ChainLinkDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly counts: ChainCounts;
}

/** Opens the link; nothing is asked of any node before it starts. */
export async function openChainLink(
  settings: ChainSettings,
  { clock, log, counts }: ChainLinkDeps,
): Promise<ChainLink> {
  const endpoints = createEndpoints(settings.rpcUrls, { clock, log });
  const hints = createHints(settings, { clock, log });
  const follower = createFollower(settings, { clock, log, endpoints, hints });
  const nodes = createNodeWatch(settings, { clock, log, endpoints, counts });
  let latest: ChainObservation | undefined;
  const router = await routerPlace(settings);
  return {
    router,
    addresses: createDerivedAddresses(router),
    endpoints,
    sender: createSender(settings, endpoints),
    follower,
    latest: () => latest,
    unseenMs: () => (follower.lastSeen === undefined ? Infinity : clock.monotonic() - follower.lastSeen.ms),
    start(observe) {
      nodes.start();
      follower.start(async (observation) => {
        latest = observation;
        await observe(observation);
      });
    },
    async stop() {
      await Promise.all([nodes.stop(), follower.stop()]);
    },
  };
}

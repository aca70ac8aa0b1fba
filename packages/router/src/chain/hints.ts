// Hints that something happened to a router: a node's WebSocket tells sooner than the next poll, and nothing relies on it.
import { sleep } from "@aimo-network/protocol/clock";
import type { Clock } from "@aimo-network/protocol/clock";
import { routerPlace } from "@aimo-network/escrow/addresses";
import { createSolanaRpcSubscriptions } from "@solana/kit";
import type { Address } from "@solana/kit";
import type { Logger } from "pino";
import { webSocketUrl } from "./chain-settings.ts";
import type { ChainSettings } from "./chain-settings.ts";
import { HINTS_RETRY_MAX_MS, HINTS_RETRY_MS } from "./limits.ts";

/** Something that knows when to look. */
export interface Hints {
  start(hint: () => void): void;
  stop(): Promise<void>;
}

/** What listening needs. */
export interface HintsDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

/** How long to wait after so many failures in a row. */
export function retryDelayMs(failures: number): number {
  return Math.min(HINTS_RETRY_MS * 2 ** (failures - 1), HINTS_RETRY_MAX_MS);
}

/** Every transaction that names the router's config: not the account, which exits and allowances only read. */
async function subscribe(
  url: string,
  config: Address,
  { commitment, abortSignal }: { commitment: ChainSettings["commitment"]; abortSignal: AbortSignal },
): Promise<AsyncIterable<unknown>> {
  const socket = createSolanaRpcSubscriptions(url);
  return socket.logsNotifications({ mentions: [config] }, { commitment }).subscribe({ abortSignal });
}

/** Listens to a node's WebSocket; where that fails it is tried again, and polls go on. */
export function createHints(settings: ChainSettings, { clock, log }: HintsDeps): Hints {
  const [firstUrl = ""] = settings.rpcUrls;
  const url = settings.wsUrl ?? webSocketUrl(firstUrl);
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  let failures = 0;

  const listen = async (config: Address, hint: () => void): Promise<void> => {
    const { commitment } = settings;
    const notices = await subscribe(url, config, { commitment, abortSignal: stopping.signal });
    const sinceMs = clock.monotonic();
    if (failures > 0) log.info("the chain's hints are back");
    hint(); // what happened meanwhile has no notice
    try {
      for await (const _ of notices) hint();
    } finally {
      if (clock.monotonic() - sinceMs >= HINTS_RETRY_MAX_MS) failures = 0;
    }
    throw new Error("expected notices, found the end of the stream");
  };
  const run = async (hint: () => void): Promise<void> => {
    const { address } = await routerPlace(settings);
    while (!stopping.signal.aborted) {
      try {
        await listen(address, hint);
      } catch (error) {
        if (stopping.signal.aborted) return;
        failures += 1;
        // Said once: every deposit is seen by the next poll all the same.
        if (failures === 1) log.warn({ node: new URL(url).host, fault: String(error) }, "no hints of the chain");
        await sleep(clock, retryDelayMs(failures), stopping.signal);
      }
    }
  };
  return {
    start(hint) {
      running = run(hint);
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

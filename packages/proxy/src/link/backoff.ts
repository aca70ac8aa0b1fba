// How long to wait before the next try to reach a router.
import type { Random } from "@aimo-network/protocol/random";
import { RECONNECT_MS_MAX, RECONNECT_MS_MIN } from "../limits.ts";

/**
 * Milliseconds before the next try after `failures` in a row (at least one): anything up to a bound that doubles each
 * time ("full jitter"), so that the proxies of a restarted router do not come back in one wave.
 */
export function reconnectDelayMs(random: Random, failures: number): number {
  const boundMs = Math.min(RECONNECT_MS_MAX, RECONNECT_MS_MIN * 2 ** (failures - 1));
  return random.fraction() * boundMs;
}

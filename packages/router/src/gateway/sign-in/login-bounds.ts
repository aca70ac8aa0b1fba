// How many logins this process lets in within the life of a challenge.
import type { Clock } from "@aimo-network/protocol/clock";
import { LOGIN_CHALLENGE_MS, LOGINS_MAX, LOGINS_PER_NETWORK_MAX } from "../../limits.ts";
import type { ArrivalBounds } from "../arrival-bounds.ts";
import { createArrivalBounds } from "../arrival-bounds.ts";

/** Counts logins. */
export type LoginBounds = ArrivalBounds;

/** How many logins may come within the life of a challenge. */
export interface LoginCounts {
  readonly loginsMax?: number;
  readonly perNetworkMax?: number;
}

/** Creates a count that begins anew whenever the challenges of its beginning have expired. */
export function createLoginBounds(
  clock: Clock,
  { loginsMax = LOGINS_MAX, perNetworkMax = LOGINS_PER_NETWORK_MAX }: LoginCounts = {},
): LoginBounds {
  const words = "too many people sign in";
  return createArrivalBounds(clock, { most: loginsMax, perNetworkMax, everyMs: LOGIN_CHALLENGE_MS, words });
}

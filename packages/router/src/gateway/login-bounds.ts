// How many logins this process lets in: wallets cost nothing to make, so signatures alone would not bound them.
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import { LOGIN_CHALLENGE_MS, LOGINS_MAX, LOGINS_PER_NETWORK_MAX } from "../limits.ts";
import { remoteNetwork } from "./remote-network.ts";

/** Counts logins. */
export interface LoginBounds {
  /** Counts one from `address`; throws `overloaded` where it is one too many. */
  enter(address: string | undefined): void;
}

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
  const logins = new Map<string, number>(); // of networks of the Internet; no more of them than logins
  let count = 0;
  let endsAtMs = 0;
  return {
    enter(address) {
      if (clock.monotonic() >= endsAtMs) {
        logins.clear();
        count = 0;
        endsAtMs = clock.monotonic() + LOGIN_CHALLENGE_MS;
      }
      if (count >= loginsMax) throw new AimoError("overloaded", { what: "too many people sign in at this moment" });
      const network = remoteNetwork(address);
      const ofNetwork = network === undefined ? 0 : (logins.get(network) ?? 0);
      if (ofNetwork >= perNetworkMax) {
        throw new AimoError("overloaded", { what: "too many people sign in from your address at this moment" });
      }
      count += 1;
      if (network !== undefined) logins.set(network, ofNetwork + 1);
    },
  };
}

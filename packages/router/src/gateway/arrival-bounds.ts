// How many arrivals of a kind this process lets in within a while: wallets cost nothing to make, so signatures alone bound nobody.
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import { remoteNetwork } from "./remote-network.ts";

/** Counts arrivals. */
export interface ArrivalBounds {
  /** Counts one from `address`; throws `overloaded` where it is one too many. */
  enter(address: string | undefined): void;
}

/** What is counted, and how much of it is let in. */
export interface ArrivalRule {
  /** All together, and from one address of the Internet or one /64 of IPv6. */
  readonly most: number;
  readonly perNetworkMax: number;
  /** After how long the count begins anew. */
  readonly everyMs: number;
  /** Who is too many, for the answer: such as "too many people sign in". */
  readonly words: string;
}

/** Creates a count that begins anew whenever its time is over. */
export function createArrivalBounds(clock: Clock, { most, perNetworkMax, everyMs, words }: ArrivalRule): ArrivalBounds {
  const arrivals = new Map<string, number>(); // of networks of the Internet; no more of them than arrivals
  let count = 0;
  let endsAtMs = 0;
  return {
    enter(address) {
      if (clock.monotonic() >= endsAtMs) {
        arrivals.clear();
        count = 0;
        endsAtMs = clock.monotonic() + everyMs;
      }
      if (count >= most) throw new AimoError("overloaded", { what: `${words} at this moment` });
      const network = remoteNetwork(address);
      const ofNetwork = network === undefined ? 0 : (arrivals.get(network) ?? 0);
      if (ofNetwork >= perNetworkMax) {
        throw new AimoError("overloaded", { what: `${words} from your address at this moment` });
      }
      count += 1;
      if (network !== undefined) arrivals.set(network, ofNetwork + 1);
    },
  };
}

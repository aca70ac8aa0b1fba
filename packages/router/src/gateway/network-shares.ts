// How much of something scarce one address of the Internet may hold at once: wallets cost nothing to make, addresses do.
import { AimoError } from "@aimo-network/protocol/errors";
import { remoteNetwork } from "./remote-network.ts";

/** Counts what addresses hold. */
export interface NetworkShares {
  /** Takes one more for `address`; throws `overloaded` where it has its share. What is returned gives it back, once. */
  take(address: string | undefined): () => void;
}

/** Creates a count in which nobody holds anything; `words` say what is held, such as "live listeners". */
export function createNetworkShares(perNetworkMax: number, words: string): NetworkShares {
  const held = new Map<string, number>();
  return {
    take(address) {
      const network = remoteNetwork(address);
      if (network === undefined) return () => undefined;
      const count = held.get(network) ?? 0;
      if (count >= perNetworkMax) {
        throw new AimoError("overloaded", {
          what: `your address has ${perNetworkMax} ${words}, all it may have at once`,
        });
      }
      held.set(network, count + 1);
      let isBack = false;
      return () => {
        if (isBack) return;
        isBack = true;
        const left = (held.get(network) ?? 0) - 1;
        if (left > 0) held.set(network, left);
        else held.delete(network);
      };
    },
  };
}

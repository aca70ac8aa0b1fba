// Who pays for examining: the inspector's wallet, let in by a key of its own like everybody else.
import type { Clock } from "@aimo-network/protocol/clock";
import { signKey } from "@aimo-network/protocol/keys/sign-key";
import type { Caller } from "../accounts/caller.ts";
import type { InspectorWallet } from "./inspector-wallet.ts";

/** What letting it in takes. */
export interface InspectorPayerDeps {
  readonly clock: Clock;
  readonly routerId: string;
  readonly wallet: InspectorWallet;
  /** Lets a bearer in that wants to spend; throws what everybody would be answered. */
  authenticate(bearer: string): Promise<Caller>;
}

const DAY_MS = 24 * 3_600_000;

/** Gives the payer of a request. The key is made anew each day, the same by every instance: it is nowhere stored. */
export function createInspectorPayer(deps: InspectorPayerDeps): () => Promise<Caller> {
  const { clock, routerId, wallet, authenticate } = deps;
  let made: { readonly day: number; readonly bearer: Promise<string> } | undefined;
  return async () => {
    const day = Math.floor(clock.now() / DAY_MS);
    if (made?.day !== day) {
      const content = {
        version: 2,
        createdAtMs: day * DAY_MS,
        validForMs: 2 * DAY_MS,
        spending: { kind: "unlimited" },
        scopes: ["completion_model"],
      } as const;
      made = { day, bearer: signKey(wallet, content, routerId) };
    }
    return await authenticate(await made.bearer);
  };
}

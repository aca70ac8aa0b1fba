// Whether anything may be promised at all: what is locked must be collectable before anybody can leave with it.
import { horizonMs, timeFaults, blindMsMax } from "./deadlines.ts";
import type { GivenTimes, OwnTimes } from "./deadlines.ts";

/** What the decision follows from. */
export interface AdmissionFacts {
  readonly own: OwnTimes;
  /** Undefined until the router's config was seen. */
  readonly config:
    | (GivenTimes & {
        readonly settlerWindow: bigint;
        /** Micro-USDC. */
        readonly windowCap: bigint;
        readonly windowRoom: bigint;
        readonly isSettlePaused: boolean;
      })
    | undefined;
  /** Whether the chain names the key that settles here: with another, nothing is collected. */
  readonly isSettlerOurs: boolean;
  /** Milliseconds since the chain was seen to move. */
  readonly unseenMs: number;
  /** What all users owe and have locked, in nano-USDC. */
  readonly exposure: bigint;
  readonly isShort: boolean;
}

/** How much the settler can collect within the horizon, in nano-USDC: what the window has left, and whole windows after it. */
export function collectableNano(own: OwnTimes, config: NonNullable<AdmissionFacts["config"]>): bigint {
  const horizonS = BigInt(Math.floor(horizonMs(own) / 1000));
  const windows = config.settlerWindow === 0n ? 0n : horizonS / config.settlerWindow;
  return (config.windowRoom + config.windowCap * windows) * 1000n;
}

/** Why nobody may lock anything for now; undefined where everybody may. */
export function admissionStop(facts: AdmissionFacts): string | undefined {
  const { own, config, isSettlerOurs, unseenMs, exposure, isShort } = facts;
  if (config === undefined) return "the router's config on chain was not seen yet";
  if (isShort) return "the chain has less than the ledger owes";
  if (config.isSettlePaused) return "settling is paused on chain";
  if (!isSettlerOurs) return "the settler on chain is another key than this router's";
  const [fault] = timeFaults(own, config);
  if (fault !== undefined) return fault;
  if (unseenMs > blindMsMax(own, config)) return "the chain was not seen for too long";
  if (exposure > collectableNano(own, config)) return "more is owed than the settler's window lets through in time";
  return undefined;
}

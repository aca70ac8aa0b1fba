// A clock on which everything takes time.
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";

/** A clock that is a millisecond later whenever somebody looks at what it measures by, and otherwise goes by hand. */
export function tickingClock(): ManualClock {
  const manual = manualClock();
  return {
    ...manual,
    monotonic() {
      manual.advance(1);
      return manual.monotonic();
    },
  };
}

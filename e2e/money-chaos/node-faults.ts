// Puts a planned fault on a network's nodes for a while.
import type { ChainFaults } from "@aimo-network/localnet/chain/faults";
import { NO_FAULTS } from "@aimo-network/localnet/chain/faults";
import { sleep, systemClock, within } from "@aimo-network/protocol/clock";
import type { MoneyNetwork } from "./money-network.ts";
import type { PlannedFault } from "./money-plan.ts";
import { isOfSending } from "./money-plan.ts";

const RETRY_AFTER_S = 1;
const SLOW_MS = 120;
const SENDING_MS = 10_000; // nothing may be left to be sent

function faultsOf({ kind, lateMs: ms }: PlannedFault): ChainFaults {
  switch (kind) {
    case "down":
      return { isDown: true };
    case "busy":
      return { retryAfterS: RETRY_AFTER_S };
    case "slow":
      return { slowMs: SLOW_MS };
    case "stale":
      return { isStale: true };
    case "dropped":
      return { sending: { kind: "drop" } };
    case "late":
      return { sending: { kind: "late", ms } };
    case "vanished":
      return { sending: { kind: "vanish", ms } };
    case "unconfirmed":
      return { unconfirmedMs: ms };
  }
}

/** Brings the fault about; resolves when it is over. */
export async function bringAbout({ instances }: MoneyNetwork, fault: PlannedFault): Promise<void> {
  const nodes = instances.flatMap((instance) => (fault.everywhere ? instance.nodes : instance.nodes.slice(0, 1)));
  await sleep(systemClock, fault.afterMs);
  for (const node of nodes) node.setFaults(faultsOf(fault));
  // What happens to transactions lasts until there was one.
  if (isOfSending(fault.kind)) {
    await within(systemClock, SENDING_MS, Promise.race(nodes.map((node) => node.nextSending())));
  }
  await sleep(systemClock, fault.ms);
  for (const node of nodes) node.setFaults(NO_FAULTS);
}

// The load generator, a process of its own so that what it costs can be told apart; it does what its parent orders.
import { systemClock } from "@aimo-network/protocol/clock";
import { burst } from "./burst.ts";
import type { SentOrder, SentOutcome } from "./orders.ts";

function obey(sent: SentOrder): Promise<unknown> {
  switch (sent.name) {
    case "burst":
      return burst(systemClock, sent.order);
  }
}

function tell(answer: SentOutcome): void {
  process.send?.(answer);
}

process.on("message", (sent: SentOrder) => {
  obey(sent).then(
    (outcome) => tell({ id: sent.id, outcome }),
    (error: unknown) =>
      tell({ id: sent.id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));

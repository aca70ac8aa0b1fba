// The load generator, a process of its own so that what it costs can be told apart; it does what its parent orders.
import { systemClock } from "@aimo-network/protocol/clock";
import { burst, burstOfGets } from "./burst.ts";
import { measureCancels } from "./cancel-latency.ts";
import type { Company, CompanyOutcome } from "./company.ts";
import { bringCompany } from "./company.ts";
import type { SentOrder, SentOutcome } from "./orders.ts";

let companies: Company[] = [];

function dismiss(): CompanyOutcome {
  const counts = companies.map((company) => company.leave().count);
  companies = [];
  return { count: counts.reduce((sum, count) => sum + count, 0) };
}

async function obey(sent: SentOrder): Promise<unknown> {
  switch (sent.name) {
    case "burst":
      return await burst(systemClock, sent.order);
    case "gets":
      return await burstOfGets(systemClock, sent.order);
    case "cancels":
      return await measureCancels(systemClock, sent.order);
    case "company":
      companies.push(await bringCompany(systemClock, sent.order));
      return undefined;
    case "dismiss":
      return dismiss();
  }
}

function tell(answer: SentOutcome): void {
  process.send?.(answer);
}

process.on("message", (sent: SentOrder) => {
  obey(sent).then(
    (outcome) => tell({ id: sent.id, outcome }),
    (error: unknown) => {
      const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
      tell({ id: sent.id, failure });
    },
  );
});
process.on("disconnect", () => process.exit(0));

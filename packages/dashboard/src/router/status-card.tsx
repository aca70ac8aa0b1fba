// Whether the router answers now, how quickly, and what it runs.
import { systemClock } from "@aimo-network/protocol/clock";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { answerOf, routerApi } from "../api/router-api.ts";
import { wholeText } from "../market/figures.ts";
import { Badge } from "../ui/badge.tsx";
import { Card } from "../ui/card.tsx";
import { Stat } from "../ui/stat.tsx";
import { bytesWords, millisecondsWords } from "./duration-words.ts";
import { PULSE_MS } from "./limits.ts";
import type { RouterFacts } from "./router-query.ts";

/** Milliseconds until the router has answered. */
async function measurePulse(): Promise<number> {
  const startMs = systemClock.monotonic();
  await answerOf(routerApi.GET("/api/v1/router", { cache: "no-store" }));
  return systemClock.monotonic() - startMs;
}

function Pulse(): ReactNode {
  const { data, error } = useQuery({
    queryKey: ["router-pulse"],
    queryFn: measurePulse,
    refetchInterval: PULSE_MS,
    staleTime: 0,
    retry: false,
  });
  if (error !== null) return <Badge tone="bad">Does not answer</Badge>;
  if (data === undefined) return <Badge>Asking…</Badge>;
  return <Badge tone="good">Answers in {Math.max(1, Math.round(data))} ms</Badge>;
}

/** The card of whether the router answers, what it runs and what it bounds. */
export function StatusCard({ router }: { readonly router: RouterFacts }): ReactNode {
  const { limits, dialects, software, version } = router;
  return (
    <Card title="Status" aside={<Pulse />}>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-5 lg:grid-cols-4">
        <Stat label="Software" hint={software}>
          {version}
        </Stat>
        <Stat label="Provider links" hint="what it speaks with providers">
          {dialects.join(", ")}
        </Stat>
        <Stat label="Largest request">{bytesWords(limits.body_bytes_max)}</Stat>
        <Stat label="Requests at once" hint="for each key">
          {wholeText(limits.requests_per_key_max)}
        </Stat>
        <Stat label="First output within">{millisecondsWords(limits.first_byte_timeout_ms)}</Stat>
        <Stat label="No pause longer than">{millisecondsWords(limits.idle_timeout_ms)}</Stat>
        <Stat label="Whole answer within">{millisecondsWords(limits.total_timeout_ms)}</Stat>
        {limits.settle_age_ms !== undefined && (
          <Stat label="Settles within" hint="on the chain">
            {millisecondsWords(limits.settle_age_ms)}
          </Stat>
        )}
      </dl>
      <p className="mt-5 border-t border-line pt-4 text-sm text-muted">
        {router.accepts_v1_spending
          ? "Keys of the first generation may spend here."
          : "Keys of the first generation may earn here, and not spend."}
      </p>
    </Card>
  );
}

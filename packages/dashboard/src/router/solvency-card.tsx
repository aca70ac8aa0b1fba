// The vault against what is owed: read on the chain by this browser, with what the router says beside it.
import { useQuery } from "@tanstack/react-query";
import { CircleHelp, ShieldAlert, ShieldCheck } from "lucide-react";
import type { ReactNode } from "react";
import { faultWords } from "../api/fault-words.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { classes } from "../ui/class-names.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import { exactTime } from "../ui/time-text.ts";
import { chainQuery, solvencyQuery } from "./chain-query.ts";
import type { ChainReading } from "./chain-reading.ts";
import { EveryAccount } from "./every-account.tsx";
import { ExactUsdc } from "./exact-usdc.tsx";
import { MyLiability } from "./my-liability.tsx";
import { comparedAmounts, rootFinding, solvencyVerdict } from "./solvency-verdict.ts";
import type { SolvencyClaim, SolvencyVerdict } from "./solvency-verdict.ts";

const LOOKS = {
  covered: { Icon: ShieldCheck, tone: "bg-good-soft", ink: "text-good", title: "Covered" },
  short: { Icon: ShieldAlert, tone: "bg-bad-soft", ink: "text-bad", title: "Not covered" },
  unknown: { Icon: CircleHelp, tone: "bg-warn-soft", ink: "text-warn", title: "Cannot tell" },
} as const;

function VerdictWords({ verdict }: { readonly verdict: SolvencyVerdict }): ReactNode {
  if (verdict.kind === "unknown") return <>It cannot be told whether the vault covers what is owed: {verdict.why}</>;
  const { held, owed } = verdict;
  return (
    <>
      The vault holds <ExactUsdc usdc={held} />, and the program owes <ExactUsdc usdc={owed} /> to users, providers and
      the router together.{" "}
      {verdict.kind === "short" && (
        <>
          <ExactUsdc usdc={verdict.shortfall} /> are missing.
        </>
      )}
    </>
  );
}

function Verdict({ verdict, how }: { readonly verdict: SolvencyVerdict; readonly how?: string }): ReactNode {
  const { Icon, tone, ink, title } = LOOKS[verdict.kind];
  return (
    <div role="status" className={classes("flex gap-3 rounded-lg px-4 py-3", tone)}>
      <Icon aria-hidden className={classes("mt-0.5 size-5 shrink-0", ink)} />
      <div className="min-w-0 break-words">
        <p className={classes("font-semibold", ink)}>{title}</p>
        <p className="text-sm">
          <VerdictWords verdict={verdict} />
        </p>
        {how !== undefined && <p className="mt-1 text-[0.8125rem] text-ink/80">{how}</p>}
      </div>
    </div>
  );
}

interface AmountsProps {
  readonly reading: ChainReading;
  readonly claim: (SolvencyClaim & { readonly slot: number }) | undefined;
}

/** Of one slot both have to say the same; of two, money may have moved between. */
function Differs({ isOfSameSlot }: { readonly isOfSameSlot: boolean }): ReactNode {
  if (isOfSameSlot) return <Badge tone="bad">differs</Badge>;
  return <Badge title="Both are of their own slot: while money moves they may differ.">as of its slot</Badge>;
}

const CELL = "py-2 pl-4 text-right";

function Amounts({ reading, claim }: AmountsProps): ReactNode {
  const rows = comparedAmounts(reading, claim);
  return (
    <div tabIndex={0} role="region" aria-label="Amounts in USDC" className="overflow-x-auto">
      <table className="figures w-full text-sm">
        <caption className="sr-only">
          What this browser has read on the chain, and what the router says, in USDC
        </caption>
        <thead className="text-[0.8125rem] text-muted">
          <tr>
            <th scope="col" className="py-2 text-left font-medium">
              USDC
            </th>
            <th scope="col" className={classes(CELL, "font-medium")}>
              On the chain <span className="block font-normal">slot {String(reading.slot)}</span>
            </th>
            <th scope="col" className={classes(CELL, "font-medium")}>
              The router says{" "}
              <span className="block font-normal">{claim === undefined ? "nothing" : `slot ${claim.slot}`}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, onChain, said, isSame }) => (
            <tr key={name} className="border-t border-line">
              <th scope="row" className="py-2 text-left font-normal">
                {name}
              </th>
              <td className={CELL}>{onChain === undefined ? "–" : <ExactUsdc usdc={onChain} hasUnit={false} />}</td>
              <td className={CELL}>
                {!isSame && <Differs isOfSameSlot={String(claim?.slot) === String(reading.slot)} />}{" "}
                {said === undefined ? "–" : <ExactUsdc usdc={said} hasUnit={false} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RootProps {
  readonly root: { readonly total: string; readonly size: number; readonly at: string; readonly hash: string } | null;
  readonly held: bigint | undefined;
}

/** What the router's books came to when they were last published. */
function Root({ root, held }: RootProps): ReactNode {
  if (root === null) {
    return <p className="text-sm text-muted">The router has not published what it owes its users yet.</p>;
  }
  const finding = rootFinding(root.total, held);
  return (
    <div className="flex flex-col gap-1 text-sm">
      <p>
        By its own books the router owed <ExactUsdc usdc={root.total} /> to {root.size}{" "}
        {root.size === 1 ? "user" : "users"} at {exactTime(root.at)}.{" "}
        {finding.kind === "held" && "The vault holds that."}
        {finding.kind === "beyond" && (
          <span className="text-warn">
            The vault holds <ExactUsdc usdc={finding.missing} /> less now: that much was settled or withdrawn since, or
            it was never there. The next publication tells.
          </span>
        )}
      </p>
      <p title={root.hash} className="truncate font-mono text-[0.8125rem] text-muted">
        root {root.hash}
      </p>
    </div>
  );
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** The card of the verdict, the amounts behind it, and the checks that anybody can make. */
export function SolvencyCard({ hasChain }: { readonly hasChain: boolean }): ReactNode {
  const { data: reading, error, refetch, isFetching } = useQuery({ ...chainQuery, enabled: hasChain });
  const { data: claim } = useQuery({ ...solvencyQuery, enabled: hasChain });
  if (!hasChain) {
    return (
      <Card title="Is the money there?">
        <Verdict verdict={{ kind: "unknown", why: "the router is on no chain, or has not seen it yet." }} />
      </Card>
    );
  }
  const again = (
    <Button size="small" isBusy={isFetching} onClick={() => void refetch()}>
      Read again
    </Button>
  );
  const { what, next } = faultWords(error);
  return (
    <Card title="Is the money there?" aside={again}>
      <div className="flex flex-col gap-5">
        {reading === undefined && error === null && <Skeleton className="h-20 w-full" />}
        {error !== null && (
          <Verdict verdict={{ kind: "unknown", why: what }} {...(next !== undefined && { how: next })} />
        )}
        {reading !== undefined && error === null && (
          <>
            <Verdict
              verdict={solvencyVerdict(reading)}
              how={`Read by this browser at slot ${reading.slot}, by the node ${hostOf(reading.rpcUrl)}; the router was not asked.`}
            />
            <Amounts reading={reading} claim={claim} />
            <EveryAccount />
          </>
        )}
        {claim !== undefined && <Root root={claim.liability_root} held={error === null ? reading?.held : undefined} />}
        <MyLiability shown={claim?.liability_root ?? undefined} />
      </div>
    </Card>
  );
}

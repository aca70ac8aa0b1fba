// The router's terms: those of its account on the chain, and where the router says otherwise.
import { useQuery } from "@tanstack/react-query";
import { momentWords } from "@aimo-network/escrow/plain-words";
import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "../ui/badge.tsx";
import { Card } from "../ui/card.tsx";
import { chainQuery } from "./chain-query.ts";
import { announcedRows, termRows } from "./terms-differ.ts";
import type { SaidTerms, TermRow } from "./terms-differ.ts";

function Term({ row: { name, hint, words, said } }: { readonly row: TermRow }): ReactNode {
  return (
    <div className="min-w-0">
      <dt className="text-sm text-muted">{name}</dt>
      <dd className="font-medium">
        {words}
        {said !== undefined && (
          <span className="ml-2">
            <Badge tone="bad">the router says {said}</Badge>
          </span>
        )}
      </dd>
      <dd className="text-[0.8125rem] text-muted">{hint}</dd>
    </div>
  );
}

const PAUSES: Readonly<Record<string, string>> = {
  deposit: "Deposits are paused",
  settle: "Settling is paused",
  coop_withdraw: "Withdrawals with the router’s signature are paused; leaving without it is not",
};

interface TermsCardProps {
  readonly said: SaidTerms;
  /** How sure the router wants the chain to be: `confirmed` or `finalized`. */
  readonly commitment: string;
}

/** The card of the router's terms, what is announced and what is paused. */
export function TermsCard({ said, commitment }: TermsCardProps): ReactNode {
  const { data: reading } = useQuery(chainQuery);
  const rows = termRows(reading?.terms, said);
  const announced = reading?.pending === undefined ? [] : announcedRows(reading.terms, reading.pending.value);
  const from = reading?.pending === undefined ? "" : momentWords(reading.pending.at);
  const source = reading === undefined ? "as the router says" : "from its account on the chain";
  return (
    <Card title="Terms" aside={<span className="text-sm text-muted">{source}</span>}>
      <dl className="grid gap-x-6 gap-y-5 sm:grid-cols-2 lg:grid-cols-3">
        {rows.map((row) => (
          <Term key={row.name} row={row} />
        ))}
        <Term
          row={{
            name: "Believes the chain",
            hint: "before a deposit counts",
            words: `once it is ${commitment}`,
            said: undefined,
          }}
        />
      </dl>
      {[
        ...announced.map(({ name, words }) => `${name}: ${words}, announced for ${from}.`),
        ...(reading?.pauses ?? []).map(({ kind, until }) => `${PAUSES[kind] ?? kind} until ${momentWords(until)}.`),
      ].map((words) => (
        <p key={words} className="mt-4 flex items-start gap-2 rounded-lg bg-warn-soft px-3 py-2 text-sm">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
          {words}
        </p>
      ))}
    </Card>
  );
}

// The receipt, checked here in the browser: each step with what came of it, down to the chain.
import { Check, CircleDashed, Clock, Download, ExternalLink, ShieldCheck, X } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "../../ui/badge.tsx";
import { Button, buttonClasses } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { classes } from "../../ui/class-names.ts";
import { FaultNotice } from "../../ui/fault-notice.tsx";
import { saveFile } from "../../ui/save-file.ts";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import { useNow } from "../../ui/use-now.ts";
import type { Step as FoundStep } from "@aimo-network/escrow/proof/proof-step";
import { CHECK_STEPS, STEP_TITLES, sentence, verdictOf } from "./check-steps.ts";
import type { Verdict } from "./check-steps.ts";
import type { ReceiptCheck } from "./use-receipt-check.ts";
import { waitWords } from "./wait-words.ts";

const VERDICTS: Readonly<Record<Verdict, readonly [tone: "good" | "warn" | "bad" | "plain", words: string]>> = {
  verified: ["good", "Verified"],
  free: ["good", "Nothing was charged"],
  waits: ["warn", "Not settled yet"],
  wrong: ["bad", "Not proven"],
  unasked: ["plain", "Chain not asked"],
};

const LEADS: Readonly<Record<Verdict, string>> = {
  verified:
    "The router bound itself to exactly these numbers, on the chain and for good. Your browser computed each step itself.",
  free: "There is nothing to settle, so the chain knows nothing of it.",
  waits: "What can be checked by now is right; the rest follows when the router has settled it.",
  wrong: "Keep the receipt, and ask the router's operator: the step that fails says what was expected.",
  unasked: "Everything but the chain was checked and is right.",
};

const SIGNS = { right: Check, wrong: X, waits: Clock, untouched: CircleDashed } as const;
const SIGN_WORDS = { right: "Right", wrong: "Wrong", waits: "Waits", untouched: "Not looked at" } as const;
const SIGN_COLOURS = {
  right: "bg-good-soft text-good",
  wrong: "bg-bad-soft text-bad",
  waits: "bg-warn-soft text-warn",
  untouched: "bg-sunken text-muted",
} as const;

function Step({ title, finding }: { readonly title: string; readonly finding: FoundStep | undefined }): ReactNode {
  const result = finding?.result ?? "untouched";
  const Sign = SIGNS[result];
  return (
    <li className="flex gap-3">
      <span
        title={SIGN_WORDS[result]}
        className={classes(
          "mt-0.5 flex size-5 shrink-0 items-center justify-center rounded-full",
          SIGN_COLOURS[result],
        )}
      >
        <Sign aria-hidden className="size-3.5" />
        <span className="sr-only">{SIGN_WORDS[result]}:</span>
      </span>
      <div className="min-w-0">
        <p className={classes("text-sm font-medium", finding === undefined && "text-muted")}>{title}</p>
        {finding !== undefined && <p className="text-[0.8125rem] break-words text-muted">{sentence(finding.words)}</p>}
      </div>
    </li>
  );
}

function Waiting({ settlesByMs }: { readonly settlesByMs: number | undefined }): ReactNode {
  const now = useNow(1_000);
  return (
    <p role="status" className="rounded-lg bg-warn-soft px-3 py-2 text-sm">
      {waitWords(settlesByMs, now)} This page looks again by itself.
    </p>
  );
}

function Buttons({
  id,
  proof,
  link,
}: {
  readonly id: string;
  readonly proof: unknown;
  readonly link?: string | undefined;
}): ReactNode {
  return (
    <div className="flex flex-wrap gap-2">
      <Button
        size="small"
        onClick={() => saveFile(`${id}.receipt.json`, JSON.stringify(proof, undefined, 2), "application/json")}
      >
        <Download aria-hidden className="size-4" />
        Save the receipt
      </Button>
      {link !== undefined && (
        <a href={link} target="_blank" rel="noopener noreferrer" className={buttonClasses({ size: "small" })}>
          <ExternalLink aria-hidden className="size-4" />
          Its transaction
        </a>
      )}
    </div>
  );
}

/** The card with the verdict on a receipt, and the steps that lead to it. */
export function ReceiptCard({ id, check }: { readonly id: string; readonly check: ReceiptCheck }): ReactNode {
  const { data, error, refetch } = check;
  const verdict = data && verdictOf(data.findings);
  const fault = error ?? data?.findings.fault;
  const [tone, words] = verdict === undefined ? (["plain", "Checking"] as const) : VERDICTS[verdict];
  return (
    <Card
      title="Receipt"
      aside={
        <Badge tone={tone}>
          {verdict === "verified" && <ShieldCheck aria-hidden className="size-3.5" />}
          {words}
        </Badge>
      }
    >
      <div className="flex flex-col gap-4">
        {verdict !== undefined && <p className="text-sm text-muted">{LEADS[verdict]}</p>}
        {data !== undefined && verdict === "waits" && <Waiting settlesByMs={data.findings.settlesByMs} />}
        {data === undefined && error === null && <SkeletonLines count={6} />}
        {data !== undefined && (
          <ol aria-label="Steps of the check" className="flex flex-col gap-3">
            {CHECK_STEPS.map((step) => (
              <Step
                key={step}
                title={STEP_TITLES[step]}
                finding={data.findings.steps.find((one) => one.step === step)}
              />
            ))}
          </ol>
        )}
        {fault !== undefined && fault !== null && <FaultNotice fault={fault} onRetry={() => void refetch()} />}
        {data !== undefined && <Buttons id={id} proof={data.proof} link={data.findings.link} />}
      </div>
    </Card>
  );
}

// What the signing dialog shows: how far it is, what the transaction does, and what became of it.
import { Check, ExternalLink, LoaderCircle, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classes } from "../ui/class-names.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { FaultNotice } from "../ui/fault-notice.tsx";
import { shortAddress } from "../ui/short-address.ts";
import { useConnectedWallet } from "../wallets/connected-wallet.ts";
import { ActFault } from "./act-fault.ts";
import type { ActState, ToldAct } from "./act-run.ts";
import type { Landed } from "./act.ts";

type StateOf<Kind extends ActState["kind"]> = Extract<ActState, { readonly kind: Kind }>;

const STEPS = ["Check", "Sign", "Send", "Done"] as const;
const STEP_OF: Readonly<Partial<Record<ActState["kind"], number>>> = {
  preparing: 0,
  review: 0,
  wallet: 1,
  sending: 2,
  landed: 4,
};

/** How far it is, as a row of steps; nothing where it has failed. */
export function ActProgress({ state }: { readonly state: ActState }): ReactNode {
  const at = STEP_OF[state.kind];
  if (at === undefined) return null;
  return (
    <ol aria-label="Progress" className="flex items-center gap-2 text-[0.8125rem]">
      {STEPS.map((step, index) => (
        <li
          key={step}
          aria-current={index === at ? "step" : undefined}
          className={classes(
            "flex min-w-0 flex-1 flex-col gap-1 border-t-2 pt-1.5",
            index <= at ? "border-accent" : "border-line",
            index === at ? "font-medium text-ink" : "text-muted",
          )}
        >
          <span className="flex items-center gap-1 truncate">
            {index < at && <Check aria-label="Done:" className="size-3.5 shrink-0 text-good" />}
            {step}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** What it does, from its own bytes. */
export function ToldTransaction({ told }: { readonly told: ToldAct }): ReactNode {
  const { question, deeds, fee, warnings } = told;
  return (
    <div className="flex flex-col gap-3">
      <p className="font-semibold break-words">{question}</p>
      <div className="overflow-hidden rounded-xl border border-line">
        <ol className="flex flex-col divide-y divide-line">
          {deeds.map((deed, index) => (
            <li key={`${index} ${deed}`} className="px-4 py-2.5 text-sm break-words">
              {deed}
            </li>
          ))}
        </ol>
        <p className="border-t border-line bg-sunken px-4 py-2.5 text-[0.8125rem] break-words text-muted">{fee}</p>
      </div>
      {warnings.map((warning) => (
        <p key={warning} className="flex gap-2 rounded-lg bg-warn-soft px-3 py-2 text-sm break-words text-warn">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          {warning}
        </p>
      ))}
      <p className="text-[0.8125rem] text-muted">
        Read by this page from the transaction’s own bytes. Your wallet shows the same transaction in its own words.
      </p>
    </div>
  );
}

function Waiting({ title, children }: { readonly title: string; readonly children?: ReactNode }): ReactNode {
  return (
    <div role="status" className="flex items-start gap-3 rounded-xl bg-sunken px-4 py-3">
      <LoaderCircle aria-hidden className="mt-0.5 size-5 shrink-0 animate-spin text-accent" />
      <div className="min-w-0 text-sm">
        <p className="font-medium">{title}</p>
        {children !== undefined && <p className="text-muted">{children}</p>}
      </div>
    </div>
  );
}

/** It is being made and checked. */
export function PreparingStep(): ReactNode {
  return <Waiting title="Making the transaction">Then this page reads from its bytes what it does.</Waiting>;
}

/** The wallet is asked. */
export function WalletStep({ told, isSlow }: StateOf<"wallet">): ReactNode {
  const name = useConnectedWallet()?.name ?? "your wallet";
  return (
    <>
      <Waiting title={`Confirm in ${name}`}>
        {isSlow
          ? "Nothing to see? Its window may be behind this one, or the wallet is locked: open it by its icon."
          : "The wallet asks you once more. Confirm within a minute: then the transaction expires."}
      </Waiting>
      <ToldTransaction told={told} />
    </>
  );
}

function Receipt({ signature, explorerUrl }: Landed): ReactNode {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-xl border border-line px-4 py-2 text-sm">
      <span className="text-muted">Transaction</span>
      <span title={signature} className="font-mono text-[0.8125rem]">
        {shortAddress(signature)}
      </span>
      <CopyButton text={signature} label="Copy the signature" />
      {explorerUrl !== undefined && (
        <a
          href={explorerUrl}
          target="_blank"
          rel="noopener noreferrer"
          className="ml-auto inline-flex items-center gap-1.5 font-medium text-accent hover:underline"
        >
          See it in the explorer
          <ExternalLink aria-hidden className="size-3.5" />
        </a>
      )}
    </div>
  );
}

/** It is on its way. */
export function SendingStep({ sent }: StateOf<"sending">): ReactNode {
  return (
    <>
      <Waiting title="On its way to the chain">This takes a few seconds. You may close this: it goes on.</Waiting>
      <Receipt {...sent} />
    </>
  );
}

/** The chain has confirmed it. */
export function LandedStep({ landed }: StateOf<"landed">): ReactNode {
  return (
    <>
      <div role="status" className="flex items-center gap-3 rounded-xl bg-good-soft px-4 py-3 font-medium text-good">
        <Check aria-hidden className="size-5 shrink-0" />
        Confirmed by the chain.
      </div>
      <Receipt {...landed} />
    </>
  );
}

/** Why nothing came of it, or nobody knows yet. */
export function FailedStep({ fault, sent }: StateOf<"failed">): ReactNode {
  const details = fault instanceof ActFault ? fault.details : [];
  return (
    <>
      <FaultNotice fault={fault} />
      {details.length > 0 && (
        <ul className="flex list-disc flex-col gap-1.5 rounded-xl border border-line py-3 pr-4 pl-8 text-sm">
          {details.map((detail) => (
            <li key={detail} className="break-words">
              {detail}
            </li>
          ))}
        </ul>
      )}
      {sent !== undefined && <Receipt {...sent} />}
    </>
  );
}

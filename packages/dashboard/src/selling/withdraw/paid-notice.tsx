// A withdrawal that has just been confirmed, and what the account holds now.
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import { CircleCheck, ExternalLink } from "lucide-react";
import type { ReactNode } from "react";
import { Amount } from "../../ui/amount.tsx";
import { buttonClasses } from "../../ui/button.tsx";
import { useProviderOnChain } from "../exit/provider-on-chain.ts";
import type { PaidOut } from "./paid-out.ts";

interface PaidNoticeProps {
  readonly wallet: string;
  readonly paid: PaidOut;
}

/** Says what was paid, and what the account that got it holds now. */
export function PaidNotice({ wallet, paid: { amount, explorerUrl } }: PaidNoticeProps): ReactNode {
  const { data } = useProviderOnChain(wallet);
  const provider = data?.provider;
  return (
    <section
      role="status"
      className="flex flex-wrap items-start gap-3 rounded-card border border-good/30 bg-good-soft px-5 py-4"
    >
      <CircleCheck aria-hidden className="mt-0.5 size-5 shrink-0 text-good" />
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium">
          <Amount usdc={formatMicroUsdc(amount)} /> were paid out and are confirmed on the chain
        </p>
        {provider?.payoutBalance !== undefined && (
          <p className="text-sm text-ink/85">
            {provider.payout === data?.own ? "Your wallet" : "Your payout account"} now holds{" "}
            <Amount usdc={formatMicroUsdc(provider.payoutBalance)} />.
          </p>
        )}
      </div>
      {explorerUrl !== undefined && (
        <a href={explorerUrl} target="_blank" rel="noopener noreferrer" className={buttonClasses({ size: "small" })}>
          <ExternalLink aria-hidden className="size-4" />
          See it in the explorer
        </a>
      )}
    </section>
  );
}

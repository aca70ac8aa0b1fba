// How one earns here, in four steps, for who has never read anything about it.
import { formatMicroUsdc, microUsdc } from "@aimo-network/protocol/money";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { EXAMPLE_MODEL } from "../keys/provider-key/config-draft.ts";
import { configText, startText } from "../keys/provider-key/config-text.ts";
import { routerQuery } from "../router/router-query.ts";
import { Amount } from "../ui/amount.tsx";
import { Button, buttonClasses } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { classes } from "../ui/class-names.ts";
import { CodeBlock } from "../ui/code-block.tsx";
import { FaultNotice } from "../ui/fault-notice.tsx";
import { Skeleton, SkeletonLines } from "../ui/skeleton.tsx";
import { Stat } from "../ui/stat.tsx";
import { openConnectDialog } from "../wallets/connect-dialog.tsx";
import { afterFee, feeWords, settleWords } from "./fee-words.ts";

const SOLD_EXAMPLE = microUsdc(100_000_000n); // 100 USDC: a round amount to see the fee by

interface StepProps {
  readonly place: number;
  readonly title: string;
  readonly children: ReactNode;
}

function Step({ place, title, children }: StepProps): ReactNode {
  return (
    <li className="flex gap-4 border-t border-line px-5 py-5 first:border-t-0">
      <span
        aria-hidden
        className="flex size-8 shrink-0 items-center justify-center rounded-full bg-accent-soft text-sm font-semibold text-accent"
      >
        {place}
      </span>
      <div className="flex min-w-0 flex-1 flex-col gap-3">
        <h3 className="pt-1 font-semibold">{title}</h3>
        {children}
      </div>
    </li>
  );
}

function Terms(): ReactNode {
  const { data, error, refetch } = useQuery(routerQuery);
  if (error !== null) return <FaultNotice fault={error} onRetry={() => void refetch()} />;
  const chain = data?.chain;
  if (data !== undefined && chain === undefined) {
    return <p className="text-sm text-muted">This router is on no chain: what is served here is not paid.</p>;
  }
  const bps = chain?.fee_bps;
  const kept = bps === undefined ? undefined : formatMicroUsdc(microUsdc(afterFee(SOLD_EXAMPLE, bps)));
  const age = data?.limits.settle_age_ms;
  return (
    <dl className="grid gap-5 sm:grid-cols-3">
      <Stat label="This router keeps" hint="of what users pay; the price is yours to set">
        {bps === undefined ? <Skeleton className="mt-1.5 w-16" /> : feeWords(bps)}
      </Stat>
      <Stat label="Of 100 USDC sold you get" hint="paid in USDC to your own Solana wallet">
        {kept === undefined ? <Skeleton className="mt-1.5 w-24" /> : <Amount usdc={kept} />}
      </Stat>
      <Stat label="Yours on the chain" hint="and yours to take from then on, even if the router is gone">
        {age === undefined ? <Skeleton className="mt-1.5 w-24" /> : settleWords(age)}
      </Stat>
    </dl>
  );
}

function Config(): ReactNode {
  const { data } = useQuery(routerQuery);
  if (data === undefined) return <SkeletonLines count={8} />;
  const place = { routerUrl: data.url, routerId: data.router_id, isFirstGeneration: false };
  return <CodeBlock name="config.toml" code={configText(place, EXAMPLE_MODEL)} />;
}

/** The steps, the terms, and the way in. */
export function HowToEarn({ isSignedIn = false }: { readonly isSignedIn?: boolean }): ReactNode {
  return (
    <>
      <Card
        title="What it pays"
        aside={
          <Link to="/providers" className="-my-2 py-2 text-sm text-accent hover:underline">
            Who sells here already
          </Link>
        }
      >
        <Terms />
      </Card>
      <Card title="Four steps to the first earnings" isFlush>
        <ol className="border-t border-line">
          <Step place={1} title="Generate a provider key">
            <p className="max-w-2xl text-muted">
              {isSignedIn ? "Your wallet" : "Connect a Solana wallet; it"} signs a text, which costs nothing. The key is
              shown once. It can only earn, so that whoever gets hold of it cannot spend anything of yours.
            </p>
            {isSignedIn ? (
              <Link
                to="/keys"
                search={{ generate: "provider" }}
                className={classes("self-start", buttonClasses({ variant: "primary" }))}
              >
                Generate Provider Key
              </Link>
            ) : (
              <Button variant="primary" className="self-start" onClick={openConnectDialog}>
                Connect wallet
              </Button>
            )}
          </Step>
          <Step place={2} title="Write config.toml">
            <p className="max-w-2xl text-muted">
              Anything with an API like OpenAI’s can be sold: vLLM, Ollama, llama.cpp, SGLang, TGI. This one is for
              Ollama; with the key you get it for your own model, price and address.
            </p>
            <Config />
          </Step>
          <Step place={3} title="Start the proxy">
            <p className="max-w-2xl text-muted">
              It needs Node.js 22.18 or newer, and no open port, account or certificate: your machine opens one
              connection to the router. From then on your model is on the market
              {isSignedIn && ", and this page shows what it serves"}.
            </p>
            <CodeBlock name="the commands" code={startText(EXAMPLE_MODEL, false)} />
          </Step>
          <Step place={4} title="Withdraw">
            <p className="max-w-2xl text-muted">
              Every answer is charged at once and settled on Solana soon after. Withdraw to your wallet whenever you
              want, on this page: you say how much, and confirm it in the wallet.
            </p>
          </Step>
        </ol>
      </Card>
    </>
  );
}

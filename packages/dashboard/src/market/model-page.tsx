// One model: what it is, who offers it on which terms, what it has cost, and how to call it.
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { ApiFault } from "../api/api-fault.ts";
import { isApiFault } from "../api/api-fault.ts";
import { askCurl } from "../api/chat-curl.ts";
import { routerQuery } from "../router/router-query.ts";
import { Amount } from "../ui/amount.tsx";
import { perMillion } from "../ui/amount-text.ts";
import { Badge } from "../ui/badge.tsx";
import { buttonClasses } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { FaultNotice } from "../ui/fault-notice.tsx";
import { Page } from "../ui/page.tsx";
import { SkeletonLines } from "../ui/skeleton.tsx";
import { Stat } from "../ui/stat.tsx";
import { contextText, latencyText, percentText, throughputText } from "./figures.ts";
import { Modalities } from "./modalities.tsx";
import { ModelOffers } from "./model-offers.tsx";
import { useModel } from "./use-model.ts";
import { modelParams } from "./model-path.ts";
import { PriceHistory } from "./price-history.tsx";
import type { ModelFacts } from "./use-models.ts";
import { VerifiedBadge } from "./verified-badge.tsx";

function Lead({ id, model }: { readonly id: string; readonly model: ModelFacts | undefined }): ReactNode {
  return (
    <span className="flex flex-wrap items-center gap-x-2">
      <span className="inline-flex min-w-0 items-center">
        <code className="min-w-0 font-mono text-sm break-all">{id}</code>
        <CopyButton text={id} label="Copy the model's name" />
      </span>
      {model !== undefined && (
        <>
          <VerifiedBadge verified={model.aimo.verified} providers={model.aimo.providers} />
          <Modalities input={model.architecture.input_modalities} output={model.architecture.output_modalities} />
          <Link
            to="/"
            search={{ author: model.owned_by }}
            className="text-sm underline decoration-line-strong underline-offset-4 hover:text-ink"
          >
            More by {model.owned_by}
          </Link>
        </>
      )}
    </span>
  );
}

function Facts({ model }: { readonly model: ModelFacts }): ReactNode {
  const { pricing, aimo, supported_parameters: parameters, description } = model;
  return (
    <Card>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-5 sm:grid-cols-4">
        <Stat label="Input" hint="per million tokens">
          <Amount usdc={perMillion(pricing.prompt)} />
        </Stat>
        <Stat label="Output" hint="per million tokens">
          <Amount usdc={perMillion(pricing.completion)} />
        </Stat>
        <Stat label="Context" hint="tokens">
          {contextText(model.context_length)}
        </Stat>
        <Stat label="Providers" hint={`${aimo.verified} verified`}>
          {aimo.providers}
        </Stat>
        <Stat label="Latency" hint="median, 30 minutes">
          {latencyText(aimo.latency_p50)}
        </Stat>
        <Stat label="Speed" hint="median, 30 minutes">
          {throughputText(aimo.throughput_p50)}
        </Stat>
        <Stat label="Uptime" hint="30 minutes">
          {percentText(aimo.uptime_last_30m)}
        </Stat>
        <Stat label="Longest answer" hint="tokens">
          {contextText(model.top_provider.max_completion_tokens)}
        </Stat>
      </dl>
      {description !== "" && <p className="mt-5 text-sm break-words whitespace-pre-line">{description}</p>}
      <div className="mt-5 flex flex-wrap items-center gap-1.5 border-t border-line pt-4">
        <span className="mr-1 text-sm text-muted">Parameters</span>
        {parameters.map((name) => (
          <Badge key={name}>{name}</Badge>
        ))}
      </div>
    </Card>
  );
}

function CallCode({ id }: { readonly id: string }): ReactNode {
  const { data: router } = useQuery(routerQuery);
  return (
    <Card title="Call it">
      <div className="flex flex-col gap-3">
        <p className="text-sm text-muted">
          Any OpenAI client works: its base URL is this router, its key one of your{" "}
          <Link to="/keys" className="font-medium text-ink underline decoration-line-strong underline-offset-4">
            API keys
          </Link>
          .
        </p>
        {router === undefined ? (
          <SkeletonLines />
        ) : (
          <CodeBlock code={askCurl(router.api_base, id, "Hello")} name="the command" />
        )}
      </div>
    </Card>
  );
}

/** The names that the router takes for what was meant. */
function nearNames({ metadata }: ApiFault): readonly string[] {
  const { near } = metadata;
  return Array.isArray(near) ? near.filter((name) => typeof name === "string") : [];
}

function NotOnSale({ near }: { readonly near: readonly string[] }): ReactNode {
  return (
    <EmptyState
      title="Nobody sells this model here now."
      action={
        <>
          <Link to="/" className={buttonClasses({ variant: "primary" })}>
            All models
          </Link>
          {near.map((name) => (
            <Link key={name} to="/models/$author/$slug" params={modelParams(name)} className={buttonClasses()}>
              {name}
            </Link>
          ))}
        </>
      }
    >
      Its providers may be away for a while, or its name is another one.
    </EmptyState>
  );
}

/** The page of the model that the address names. */
export function ModelPage(): ReactNode {
  const { author, slug } = useParams({ from: "/models/$author/$slug" });
  const id = `${author}/${slug}`.toLowerCase();
  const { data: model, error, refetch } = useModel(id);
  if (isApiFault(error, "model_not_found")) {
    return (
      <Page title={id}>
        <NotOnSale near={nearNames(error)} />
      </Page>
    );
  }
  const tryIt = (
    <Link to="/playground" search={{ model: id }} className={buttonClasses({ variant: "primary" })}>
      Try it
    </Link>
  );
  return (
    <Page title={model?.name ?? id} lead={<Lead id={id} model={model} />} actions={tryIt}>
      {error !== null && <FaultNotice fault={error} onRetry={() => void refetch()} />}
      {model !== undefined && <Facts model={model} />}
      {model === undefined && error === null && (
        <Card>
          <SkeletonLines count={6} />
        </Card>
      )}
      {(model !== undefined || error === null) && (
        <>
          <ModelOffers id={id} />
          <PriceHistory id={id} />
          <CallCode id={id} />
        </>
      )}
    </Page>
  );
}

// Everything that the router tells of a generation.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Address } from "../ui/address.tsx";
import { Amount } from "../ui/amount.tsx";
import { Badge } from "../ui/badge.tsx";
import { exactTime } from "../ui/time-text.ts";
import { keyNamesQuery } from "./activity-queries.ts";
import { countWords, durationText, marksOf, speedText } from "./generation.ts";
import type { Generation } from "./generation.ts";
import { keyName } from "./key-names.ts";

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="min-w-0">
      <dt className="text-sm text-muted">{name}</dt>
      <dd className="figures font-medium break-words">{children}</dd>
    </div>
  );
}

function ModelLink({ model }: { readonly model: string }): ReactNode {
  const [author = "", ...rest] = model.split("/");
  return (
    <Link
      to="/models/$author/$slug"
      params={{ author, slug: rest.join("/") }}
      className="text-accent break-words hover:underline"
    >
      {model}
    </Link>
  );
}

function TokenFacts({ generation }: { readonly generation: Generation }): ReactNode {
  const { native_tokens_cached: cached, native_tokens_reasoning: reasoning, num_media_prompt: images } = generation;
  return (
    <>
      <Fact name="Tokens in">
        {countWords(generation.native_tokens_prompt)}
        {cached > 0 && <span className="font-normal text-muted"> of which {countWords(cached)} cached</span>}
      </Fact>
      <Fact name="Tokens out">
        {countWords(generation.native_tokens_completion)}
        {reasoning > 0 && (
          <span className="font-normal text-muted"> of which {countWords(reasoning)} for reasoning</span>
        )}
      </Fact>
      {images > 0 && <Fact name="Images in">{countWords(images)}</Fact>}
    </>
  );
}

function EndFact({ finish_reason: reason, native_finish_reason: native }: Generation): ReactNode {
  const words = reason ?? "broken off before it said why";
  return native === null || native === reason ? words : `${words} (the model said ${native})`;
}

/** The facts of one answer, each with its name. */
export function GenerationFacts({ generation }: { readonly generation: Generation }): ReactNode {
  const { data: names } = useQuery(keyNamesQuery);
  const { model, provider_name: provider, key_id: keyId, cost, created_at: at, latency, streamed } = generation;
  const marks = marksOf(generation);
  return (
    <div className="flex flex-col gap-5">
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 md:grid-cols-4">
        <Fact name="Cost">
          <Amount usdc={cost} />
        </Fact>
        <Fact name="Model">
          <ModelLink model={model} />
        </Fact>
        <Fact name="Provider">
          <Address value={provider} name="the provider's wallet" />
        </Fact>
        <Fact name="Asked at">{exactTime(at)}</Fact>
        <TokenFacts generation={generation} />
        <Fact name="First token after">{durationText(latency)}</Fact>
        <Fact name="Took">
          {durationText(generation.generation_time)}
          <span className="font-normal text-muted"> at {speedText(generation)} tokens/s</span>
        </Fact>
        <Fact name="Ended with">
          <EndFact {...generation} />
        </Fact>
        <Fact name="Key">{keyName(names, keyId)}</Fact>
        <Fact name="Answered as">{streamed ? "a stream" : "one piece"}</Fact>
      </dl>
      {marks.length > 0 && (
        <ul className="flex flex-col gap-2 text-sm">
          {marks.map(({ words, tone, meaning }) => (
            <li key={words} className="flex items-start gap-2">
              <Badge tone={tone}>{words}</Badge>
              <span>{meaning}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

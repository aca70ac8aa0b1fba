// What is shown of a generation in a list, as a row of a table or, where there is no room for one, as a card.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Amount } from "../ui/amount.tsx";
import { Badge } from "../ui/badge.tsx";
import { shortAddress } from "../ui/short-address.ts";
import { exactTime } from "../ui/time-text.ts";
import { countWords, durationText, marksOf, speedText } from "./generation.ts";
import type { Generation } from "./generation.ts";

interface CellsProps {
  readonly generation: Generation;
  readonly keyName: string;
}

const DAY_CHARS = "2026-".length;
const TIME_CHARS = "2026-11-26 16:20:05".length;

/** `11-26 16:20:05`: the year and the zone are in the title. */
function timeText(iso: string): string {
  return exactTime(iso).slice(DAY_CHARS, TIME_CHARS);
}

function TimeLink({ generation: { id, created_at: at } }: Pick<CellsProps, "generation">): ReactNode {
  return (
    <Link
      to="/activity/$generation"
      params={{ generation: id }}
      title={exactTime(at)}
      className="figures font-medium whitespace-nowrap text-accent after:absolute after:inset-0 hover:underline"
    >
      <time dateTime={at}>{timeText(at)}</time>
    </Link>
  );
}

/** How it ended: its finish reason, or what is to be known beyond that. */
function Finish({ generation }: Pick<CellsProps, "generation">): ReactNode {
  const [mark] = marksOf(generation);
  if (mark !== undefined) {
    return (
      <Badge tone={mark.tone} title={mark.meaning}>
        {mark.words}
      </Badge>
    );
  }
  const { finish_reason: reason } = generation;
  return <Badge tone={reason === "error" ? "bad" : "plain"}>{reason === null ? "none" : reason.slice(0, 20)}</Badge>;
}

function Tokens({ generation }: Pick<CellsProps, "generation">): ReactNode {
  const { tokens_prompt: prompt, tokens_completion: completion } = generation;
  const { native_tokens_cached: cached, native_tokens_reasoning: reasoning } = generation;
  const title = `${countWords(prompt)} in, of which ${countWords(cached)} cached; ${countWords(completion)} out, of which ${countWords(reasoning)} for reasoning`;
  return (
    <span title={title} className="figures whitespace-nowrap">
      {countWords(prompt)}
      {cached > 0 && <span className="text-muted"> ({countWords(cached)})</span>}
      <span className="text-muted"> → </span>
      {countWords(completion)}
      {reasoning > 0 && <span className="text-muted"> ({countWords(reasoning)})</span>}
    </span>
  );
}

const CELL = "truncate px-2.5 first:pl-5 last:pr-5";

/** The cells of a row. */
export function GenerationCells({ generation, keyName }: CellsProps): ReactNode {
  const { model, provider_name: provider, cost, latency } = generation;
  return (
    <>
      <td className={CELL}>
        <TimeLink generation={generation} />
      </td>
      <td className={CELL} title={model}>
        {model}
      </td>
      <td className={CELL}>
        <span title={provider} className="font-mono text-[0.8125rem]">
          {shortAddress(provider)}
        </span>
      </td>
      <td className={CELL}>
        <Tokens generation={generation} />
      </td>
      <td className={`${CELL} text-right`}>
        <Amount usdc={cost} hasUnit={false} />
      </td>
      <td className={`${CELL} figures text-right`}>{durationText(latency)}</td>
      <td className={`${CELL} figures hidden text-right 2xl:table-cell`}>{speedText(generation)}</td>
      <td className={CELL}>
        <Finish generation={generation} />
      </td>
      <td className={CELL} title={keyName}>
        {keyName}
      </td>
    </>
  );
}

/** The inside of a card. */
export function GenerationLines({ generation, keyName }: CellsProps): ReactNode {
  return (
    <>
      <div className="flex items-baseline justify-between gap-3">
        <span className="min-w-0 truncate font-medium">{generation.model}</span>
        <Amount usdc={generation.cost} />
      </div>
      <div className="flex items-center justify-between gap-3 text-[0.8125rem]">
        <span className="flex min-w-0 items-center gap-3">
          <TimeLink generation={generation} />
          <Tokens generation={generation} />
        </span>
        <Finish generation={generation} />
      </div>
      <p className="truncate text-[0.8125rem] text-muted">
        {durationText(generation.latency)} to the first token, {keyName}
      </p>
    </>
  );
}

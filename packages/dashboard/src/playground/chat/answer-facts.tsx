// Below an answer: what it cost, how many tokens, who gave it, how fast; while it comes, an estimate that says so.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Amount } from "../../ui/amount.tsx";
import { shortAmount } from "../../ui/amount-text.ts";
import { shortAddress } from "../../ui/short-address.ts";
import { isRunning } from "./answer.ts";
import { estimatedCost, estimatedOutput } from "./estimate.ts";
import type { Turn } from "./lane-state.ts";
import { countText, durationText, firstOutputMs, speedText, tokensPerSecond } from "./pace.ts";

const LINK = "underline underline-offset-2 hover:text-ink";

/** About what it costs so far; nobody but the provider counts tokens exactly. */
function Estimate({ turn }: { readonly turn: Turn }): ReactNode {
  const { answer, facts, prompt } = turn;
  const output = estimatedOutput(answer);
  const cost = facts?.prices && estimatedCost(facts.prices, prompt, output);
  return (
    <span title="Estimated from what has come so far; the exact figures follow when the answer has ended">
      ~{countText(output)} tokens{cost !== undefined && ` · ~${shortAmount(cost)} USDC`}
    </span>
  );
}

function Cost({ turn }: { readonly turn: Turn }): ReactNode {
  const { cost, phase, usage, generationId } = turn.answer;
  if (cost !== undefined) return <Amount usdc={cost} className="font-medium text-ink" />;
  if (turn.isChargeSought) return <span>Asking what was charged</span>;
  if (generationId === undefined && phase === "broken") return <span>Nothing was charged</span>;
  if (usage === undefined && phase !== "whole") return <span>What was charged is shown under Activity</span>;
  return <span>The router did not say what it cost</span>;
}

function Tokens({ turn }: { readonly turn: Turn }): ReactNode {
  const { usage } = turn.answer;
  if (usage === undefined) return null;
  const { promptTokens, completionTokens, reasoningTokens, cachedTokens } = usage;
  const details = [
    `${countText(promptTokens)} tokens of input`,
    ...(cachedTokens > 0 ? [`${countText(cachedTokens)} of them cached`] : []),
    `${countText(completionTokens)} tokens of output`,
    ...(reasoningTokens > 0 ? [`${countText(reasoningTokens)} of them reasoning`] : []),
  ].join(", ");
  return (
    <span title={details}>
      {countText(promptTokens)} in · {countText(completionTokens)} out
    </span>
  );
}

function Pace({ turn }: { readonly turn: Turn }): ReactNode {
  const first = firstOutputMs(turn.answer);
  const speed = tokensPerSecond(turn.answer);
  if (first === undefined) return null;
  return (
    <span title="As this page saw it: time to the first output, and speed after it">
      {durationText(first)} to first{speed !== undefined && ` · ${speedText(speed)}`}
    </span>
  );
}

/** The facts of an answer in one line, which wraps. */
export function AnswerFacts({ turn }: { readonly turn: Turn }): ReactNode {
  const { provider, generationId, finishReason } = turn.answer;
  if (isRunning(turn.answer)) {
    return (
      <p className="figures flex flex-wrap gap-x-3 text-xs text-muted">
        <Estimate turn={turn} />
      </p>
    );
  }
  return (
    <p className="figures flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted">
      <Cost turn={turn} />
      <Tokens turn={turn} />
      <Pace turn={turn} />
      {finishReason === "length" && <span className="text-warn">Cut at the maximum of tokens</span>}
      {finishReason === "content_filter" && <span className="text-warn">Cut by the provider’s filter</span>}
      {provider !== undefined && (
        <Link to="/providers/$wallet" params={{ wallet: provider }} title={provider} preload={false} className={LINK}>
          by {shortAddress(provider)}
        </Link>
      )}
      {generationId !== undefined && (
        <Link to="/activity/$generation" params={{ generation: generationId }} preload={false} className={LINK}>
          Details
        </Link>
      )}
    </p>
  );
}

// What an answer used and cost, for people and for programs.
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { formatNanoUsdc } from "@aimo-network/protocol/money";
import type { Answer } from "./answer.ts";

const GROUPS = /\B(?=(?:\d{3})+$)/g;

function tokensText(count: number): string {
  return String(count).replaceAll(GROUPS, ",");
}

/** `1,204 tokens in, 80 out (60 of them reasoning)`; undefined where nobody has said so. */
function usageText({ usage }: Answer): string | undefined {
  if (usage === undefined) return undefined;
  const { promptTokens, completionTokens, reasoningTokens } = usage;
  const reasoning = reasoningTokens > 0 ? ` (${tokensText(reasoningTokens)} of them reasoning)` : "";
  return `${tokensText(promptTokens)} tokens in, ${tokensText(completionTokens)} out${reasoning}`;
}

function chargeText({ cost, end, usage, generationId }: Answer): string {
  if (cost !== undefined) return `${formatNanoUsdc(cost)} USDC`;
  if (end === "whole" && usage === undefined) return "nothing charged: the provider reported no usage";
  return generationId === undefined
    ? "nothing had come; if anything was charged, `aimo activity` shows it"
    : "what was charged is not known yet: `aimo activity` shows it";
}

/** One line about an answer; `total` is what the whole conversation has cost, where it is one. */
export function costLine(answer: Answer, total?: NanoUsdc): string {
  const parts = [usageText(answer), chargeText(answer)];
  if (total !== undefined) parts.push(`${formatNanoUsdc(total)} in all`);
  return parts.filter((part) => part !== undefined).join(" · ");
}

/** The same as JSON: amounts are decimal strings, null where nobody has said so. */
export function answerJson(answer: Answer): object {
  const { usage, cost, fault } = answer;
  return {
    id: answer.generationId ?? null,
    model: answer.model ?? null,
    provider: answer.provider ?? null,
    text: answer.text,
    reasoning: answer.reasoning === "" ? null : answer.reasoning,
    finish_reason: answer.finishReason ?? null,
    end: answer.end,
    usage:
      usage === undefined
        ? null
        : {
            prompt_tokens: usage.promptTokens,
            completion_tokens: usage.completionTokens,
            cached_tokens: usage.cachedTokens,
            reasoning_tokens: usage.reasoningTokens,
          },
    cost: cost === undefined ? null : formatNanoUsdc(cost),
    error:
      fault === undefined
        ? null
        : { code: fault.words.code ?? fault.words.reason, message: fault.words.why ?? fault.words.what },
  };
}

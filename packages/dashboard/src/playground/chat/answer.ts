// An answer of a model as it arrives: folded out of the stream's events, one after the other.
import type { JsonObject } from "@aimo-network/protocol/json-object";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import type { Usage } from "@aimo-network/protocol/usage";
import { readUsage } from "@aimo-network/protocol/usage";
import { ApiFault } from "../../api/api-fault.ts";
import { ConsoleFault } from "../../api/fault-words.ts";
import { ANSWER_CHARS_MAX, TOOL_CALLS_MAX } from "../limits.ts";
import { exactCost } from "./exact-cost.ts";

/** A call of a tool that the model wishes; the playground shows it and calls nothing. */
interface ToolCall {
  readonly name: string;
  readonly arguments: string;
}

/** An answer, as far as it came. Moments are milliseconds of the clock that never jumps. */
export interface Answer {
  /** `asked` until output comes, `answering`, then `whole`, `stopped` by the person, or `broken` by `fault`. */
  readonly phase: "asked" | "answering" | "whole" | "stopped" | "broken";
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly ToolCall[];
  /** Events that brought output: each has a token at least. */
  readonly pieces: number;
  readonly generationId: string | undefined;
  /** The model and the provider's wallet that answered, as the router names them. */
  readonly model: string | undefined;
  readonly provider: string | undefined;
  readonly finishReason: string | undefined;
  readonly usage: Usage | undefined;
  /** What was charged, decimal USDC; undefined until the router says so. */
  readonly cost: string | undefined;
  readonly fault: unknown;
  /** When it may be asked again, in milliseconds since 1970, where the router said so. */
  readonly retryAt: number | undefined;
  readonly askedAt: number;
  readonly firstAt: number | undefined;
  readonly endedAt: number | undefined;
  /** Whether `[DONE]` came. */
  readonly isDone: boolean;
}

/** One of which nothing has come yet. */
export function askedAnswer(askedAt: number): Answer {
  return {
    phase: "asked",
    text: "",
    reasoning: "",
    calls: [],
    pieces: 0,
    generationId: undefined,
    model: undefined,
    provider: undefined,
    finishReason: undefined,
    usage: undefined,
    cost: undefined,
    fault: undefined,
    retryAt: undefined,
    askedAt,
    firstAt: undefined,
    endedAt: undefined,
    isDone: false,
  };
}

/** Whether it still runs. */
export function isRunning({ phase }: Answer): boolean {
  return phase === "asked" || phase === "answering";
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/** The thoughts of a delta, which servers write under different names; some write them under two. */
function thoughtsIn(delta: JsonObject): string {
  const plain = textOf(delta["reasoning"]) ?? textOf(delta["reasoning_content"]);
  if (plain !== undefined) return plain;
  const details: unknown = delta["reasoning_details"];
  if (!Array.isArray(details)) return "";
  return details.map((detail) => (isJsonObject(detail) ? (textOf(detail["text"]) ?? "") : "")).join("");
}

function addCalls(calls: readonly ToolCall[], told: unknown): readonly ToolCall[] {
  if (!Array.isArray(told) || told.length === 0) return calls;
  const next = [...calls];
  for (const call of told as readonly unknown[]) {
    if (!isJsonObject(call)) continue;
    const index = call["index"];
    const at = typeof index === "number" && Number.isInteger(index) && index >= 0 ? index : next.length;
    if (at >= TOOL_CALLS_MAX) continue;
    const named = isJsonObject(call["function"]) ? call["function"] : {};
    while (next.length <= at) next.push({ name: "", arguments: "" });
    const known = next[at] ?? { name: "", arguments: "" };
    next[at] = {
      name: known.name + (textOf(named["name"]) ?? ""),
      arguments: known.arguments + (textOf(named["arguments"]) ?? ""),
    };
  }
  return next;
}

/** Adds what the first choice says; others were not asked for. */
function foldChoice(answer: Answer, choice: JsonObject, at: number): Answer {
  const delta = isJsonObject(choice["delta"]) ? choice["delta"] : {};
  const finishReason = textOf(choice["finish_reason"]) ?? answer.finishReason;
  const text = textOf(delta["content"]) ?? textOf(delta["refusal"]) ?? "";
  const reasoning = thoughtsIn(delta);
  const calls = addCalls(answer.calls, delta["tool_calls"]);
  if (text === "" && reasoning === "" && calls === answer.calls) return { ...answer, finishReason };
  return {
    ...answer,
    phase: "answering",
    finishReason,
    text: answer.text + text,
    reasoning: answer.reasoning + reasoning,
    calls,
    pieces: answer.pieces + 1,
    firstAt: answer.firstAt ?? at,
  };
}

/** The answer, ended by a fault at a moment. */
export function breakAnswer(answer: Answer, fault: unknown, at: number): Answer {
  return { ...answer, phase: "broken", fault, endedAt: at };
}

const STATUS_OF_FAILURE = 502; // in mid-stream there is no status any more

function foldFault(answer: Answer, event: JsonObject, at: number): Answer {
  const error = isJsonObject(event["error"]) ? event["error"] : {};
  const status = typeof error["code"] === "number" ? error["code"] : STATUS_OF_FAILURE;
  return breakAnswer(answer, new ApiFault(status, event), at);
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

/** All that was said so far, calls of tools too: a provider may send nothing else, without an end. */
function charsOf({ text, reasoning, calls }: Answer): number {
  const said = calls.reduce((sum, call) => sum + call.name.length + call.arguments.length, 0);
  return text.length + reasoning.length + said;
}

/** The answer after one event's data. What ended it stays: later events add nothing. */
export function foldEvent(answer: Answer, data: string, at: number): Answer {
  if (!isRunning(answer) || answer.isDone) return answer;
  if (data === "[DONE]") return { ...answer, isDone: true };
  const event = parsed(data);
  if (!isJsonObject(event)) {
    const words = "The router sent something that is no part of an answer.";
    return breakAnswer(answer, new ConsoleFault(words, "Ask again."), at);
  }
  const named = {
    ...answer,
    generationId: textOf(event["id"]) ?? answer.generationId,
    model: textOf(event["model"]) ?? answer.model,
    provider: textOf(event["provider"]) ?? answer.provider,
    finishReason: textOf(event["finish_reason"]) ?? answer.finishReason,
    usage: readUsage(event["usage"]) ?? answer.usage,
    cost: exactCost(data) ?? answer.cost,
  };
  if (event["error"] !== undefined && event["error"] !== null) return foldFault(named, event, at);
  const choices: unknown = event["choices"];
  const choice: unknown = Array.isArray(choices)
    ? choices.find((one) => isJsonObject(one) && !one["index"])
    : undefined;
  const folded = isJsonObject(choice) ? foldChoice(named, choice, at) : named;
  if (charsOf(folded) <= ANSWER_CHARS_MAX) return folded;
  const words = `The answer is longer than ${ANSWER_CHARS_MAX / 1024 / 1024} MiB of text, which is more than this page takes.`;
  return breakAnswer(folded, new ConsoleFault(words, "Ask for less, or set a maximum of tokens."), at);
}

/** The answer, now that its stream has ended by itself: whole where somebody said so, else broken off. */
export function endAnswer(answer: Answer, at: number): Answer {
  if (!isRunning(answer)) return answer;
  if (answer.finishReason === "error") {
    return breakAnswer(answer, new ConsoleFault("The provider failed in the middle of its answer.", "Ask again."), at);
  }
  if (answer.finishReason !== undefined || answer.isDone) return { ...answer, phase: "whole", endedAt: at };
  const words = "The connection ended in the middle of the answer.";
  return breakAnswer(answer, new ConsoleFault(words, "What came is above. Ask again for a whole one."), at);
}

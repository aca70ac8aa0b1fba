// An answer of a model as it arrives: what it says, what it used, and how it ended.
import { isJsonObject } from "@aimo-network/protocol/json-object";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { parseNanoUsdc } from "@aimo-network/protocol/money";
import { listIn, objectIn, textIn } from "@aimo-network/protocol/told-members";
import type { Usage } from "@aimo-network/protocol/usage";
import { readUsage } from "@aimo-network/protocol/usage";
import type { CommandFault } from "../fault.ts";

/** A part of an answer, as it came. */
export interface AnswerPiece {
  /** What a model thinks before it answers is reasoning. */
  readonly kind: "text" | "reasoning";
  readonly text: string;
}

/** An answer, as far as it came. */
export interface Answer {
  text: string;
  reasoning: string;
  /** The router's id of it; undefined where it ended before the router had any. */
  generationId: string | undefined;
  /** The model and the provider that answered, as the router names them. */
  model: string | undefined;
  provider: string | undefined;
  finishReason: string | undefined;
  usage: Usage | undefined;
  /** What was charged; undefined where nobody has said so. */
  cost: NanoUsdc | undefined;
  /** `whole`, `stopped` by whoever asked, or `broken` by `fault`. */
  end: "whole" | "stopped" | "broken";
  fault: CommandFault | undefined;
}

/** One of which nothing has come. */
export function emptyAnswer(): Answer {
  return {
    text: "",
    reasoning: "",
    generationId: undefined,
    model: undefined,
    provider: undefined,
    finishReason: undefined,
    usage: undefined,
    cost: undefined,
    end: "broken",
    fault: undefined,
  };
}

/** An exact amount that a router wrote as a JSON number or a text; undefined for null and for what is none. */
export function readAmount(value: unknown): NanoUsdc | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  try {
    return parseNanoUsdc(String(value));
  } catch {
    return undefined; // not told is better than told wrong
  }
}

/** Puts what one event says into the answer; returns what it adds to show. */
export function readEvent(answer: Answer, event: unknown): readonly AnswerPiece[] {
  answer.generationId = textIn(event, "id") ?? answer.generationId;
  answer.model = textIn(event, "model") ?? answer.model;
  answer.provider = textIn(event, "provider") ?? answer.provider;
  const usage = isJsonObject(event) ? event["usage"] : undefined;
  answer.usage = readUsage(usage) ?? answer.usage;
  if (isJsonObject(usage)) answer.cost = readAmount(usage["cost"]) ?? answer.cost;
  const [choice] = listIn(event, "choices") ?? [];
  answer.finishReason = textIn(choice, "finish_reason") ?? answer.finishReason;
  const delta = objectIn(choice, "delta");
  const reasoning = textIn(delta, "reasoning") ?? textIn(delta, "reasoning_content") ?? "";
  const text = textIn(delta, "content") ?? "";
  answer.reasoning += reasoning;
  answer.text += text;
  const pieces: AnswerPiece[] = [];
  if (reasoning !== "") pieces.push({ kind: "reasoning", text: reasoning });
  if (text !== "") pieces.push({ kind: "text", text });
  return pieces;
}

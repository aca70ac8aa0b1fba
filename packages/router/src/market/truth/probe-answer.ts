// What a probe was answered, read from a whole answer or from the events of a stream.
import type { JsonObject } from "@aimo-network/protocol/json-object";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import type { Usage } from "@aimo-network/protocol/usage";
import { PROBE_ANSWER_CHARS_MAX } from "../limits.ts";

/** A call of a function. */
export interface AnsweredCall {
  readonly name: string;
  readonly argumentsText: string;
}

/** An answer that has ended as it should. */
export interface ProbeAnswer {
  readonly text: string;
  /** Whether it thought before, as far as it says so. */
  readonly hasReasoned: boolean;
  readonly calls: readonly AnsweredCall[];
  readonly finishReason: string;
  readonly usage: Usage | undefined;
}

/** Collects an answer, event by event; a whole answer is one. */
export interface AnswerReader {
  read(event: JsonObject): void;
  answer(finishReason: string, usage: Usage | undefined): ProbeAnswer;
}

function textIn(value: unknown): string {
  return typeof value === "string" ? value : "";
}

interface OpenCall {
  name: string;
  argumentsText: string;
}

/** Creates a reader; of an answer that is much longer than any probe asks for it keeps the beginning. */
export function createAnswerReader(): AnswerReader {
  let text = "";
  let hasReasoned = false;
  let chars = 0;
  const calls = new Map<number, OpenCall>();

  const readCall = (call: unknown, place: number): void => {
    if (!isJsonObject(call) || !isJsonObject(call["function"])) return;
    const { function: called, index } = call;
    const at = typeof index === "number" ? index : place;
    const open = calls.get(at) ?? { name: "", argumentsText: "" };
    const [name, argumentsText] = [textIn(called["name"]), textIn(called["arguments"])];
    chars += 1 + name.length + argumentsText.length; // calls without words take room too
    calls.set(at, { name: open.name + name, argumentsText: open.argumentsText + argumentsText });
  };

  return {
    read({ choices }) {
      if (chars > PROBE_ANSWER_CHARS_MAX) return;
      const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
      if (!isJsonObject(first)) return;
      const part = first["message"] ?? first["delta"];
      if (!isJsonObject(part)) return;
      const content = textIn(part["content"]);
      text += content;
      chars += content.length;
      if (textIn(part["reasoning"]) !== "" || textIn(part["reasoning_content"]) !== "") hasReasoned = true;
      const { tool_calls: called } = part;
      if (Array.isArray(called)) for (const [place, call] of called.entries()) readCall(call, place);
    },
    answer(finishReason, usage) {
      const counted = usage !== undefined && usage.reasoningTokens > 0;
      return { text, hasReasoned: hasReasoned || counted, calls: [...calls.values()], finishReason, usage };
    },
  };
}

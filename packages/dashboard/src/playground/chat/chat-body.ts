// The body of a chat completion, as it is sent and as the snippets show it.
import type { ReadSettings } from "../settings/read-settings.ts";
import type { AttachedImage } from "../images/attached-image.ts";
import type { ModelFacts } from "../models/model-facts.ts";
import { supports } from "../models/model-facts.ts";

/** A part of a message that has images. */
type MessagePart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image_url"; readonly image_url: { readonly url: string } };

/** One message. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string | readonly MessagePart[];
}

/** The body, its members in the order in which people read them. */
export interface ChatBody {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly [parameter: string]: unknown;
}

/** What a person asks. */
export interface Question {
  readonly text: string;
  readonly images: readonly AttachedImage[];
}

/** What was asked and what was answered; undefined where there is no answer to tell the model of. */
export interface SaidTurn {
  readonly question: Question;
  readonly answerText: string | undefined;
}

/** A question as a message. */
function userMessage({ text, images }: Question): ChatMessage {
  if (images.length === 0) return { role: "user", content: text };
  const parts: MessagePart[] = text === "" ? [] : [{ type: "text", text }];
  return {
    role: "user",
    content: [...parts, ...images.map(({ url }): MessagePart => ({ type: "image_url", image_url: { url } }))],
  };
}

/** The messages of a conversation with a further question; turns without an answer are left out. */
function messagesOf(system: string, turns: readonly SaidTurn[], question: Question): ChatMessage[] {
  return [
    ...(system.trim() === "" ? [] : [{ role: "system", content: system } as const]),
    ...turns.flatMap(({ question: asked, answerText }): ChatMessage[] =>
      answerText === undefined ? [] : [userMessage(asked), { role: "assistant", content: answerText }],
    ),
    userMessage(question),
  ];
}

/** The parameters that the model takes, under the names by which it takes them. */
function parametersFor({ values }: ReadSettings, facts: ModelFacts | undefined): Record<string, unknown> {
  const { temperature, topP, maxTokens, seed, stop, effort } = values;
  const takes = (parameter: string): boolean => supports(facts, parameter);
  const effortName = takes("reasoning_effort") ? { reasoning_effort: effort } : { reasoning: { effort } };
  return {
    ...(temperature !== undefined && takes("temperature") && { temperature }),
    ...(topP !== undefined && takes("top_p") && { top_p: topP }),
    ...(maxTokens !== undefined &&
      (takes("max_tokens")
        ? { max_tokens: maxTokens }
        : takes("max_completion_tokens") && { max_completion_tokens: maxTokens })),
    ...(seed !== undefined && takes("seed") && { seed }),
    ...(stop.length > 0 && takes("stop") && { stop }),
    ...(effort !== undefined && (takes("reasoning_effort") || takes("reasoning")) && effortName),
  };
}

/** The body for a question after what was said. */
export function chatBody(
  model: string,
  facts: ModelFacts | undefined,
  settings: ReadSettings,
  { turns, question }: { readonly turns: readonly SaidTurn[]; readonly question: Question },
): ChatBody {
  return {
    model,
    messages: messagesOf(settings.values.system, turns, question),
    ...parametersFor(settings, facts),
  };
}

// What an answer will have cost, while it still comes: an estimate, since only the provider counts tokens.
import { divide, formatNanoUsdc, nanoUsdc, parseNanoUsdc } from "@aimo-network/protocol/money";
import { costInPico, PICO_PER_NANO } from "@aimo-network/protocol/price";
import { NO_USAGE } from "@aimo-network/protocol/usage";
import type { TokenPrices } from "../models/model-facts.ts";
import type { Answer } from "./answer.ts";
import type { ChatMessage } from "./chat-body.ts";

const CHARS_PER_TOKEN = 4; // of English; other writing has fewer, which the count of pieces makes up for
const MESSAGE_TOKENS = 4; // the frame around each message
const IMAGE_TOKENS = 256;

/** What is sent, as far as it counts: characters of text, messages, images. */
export interface PromptSize {
  readonly chars: number;
  readonly messages: number;
  readonly images: number;
}

/** The size of the messages of a request. */
export function promptSize(messages: readonly ChatMessage[]): PromptSize {
  let chars = 0;
  let images = 0;
  for (const { content } of messages) {
    if (typeof content === "string") chars += content.length;
    else {
      for (const part of content) {
        if (part.type === "text") chars += part.text.length;
        else images += 1;
      }
    }
  }
  return { chars, messages: messages.length, images };
}

const tokensIn = (chars: number): number => Math.ceil(chars / CHARS_PER_TOKEN);

/** About how many tokens of output have come. */
export function estimatedOutput({ text, reasoning, pieces }: Pick<Answer, "text" | "reasoning" | "pieces">): number {
  return Math.max(pieces, tokensIn(text.length + reasoning.length));
}

/** About what it has cost so far, decimal USDC. */
export function estimatedCost(prices: TokenPrices, prompt: PromptSize, outputTokens: number): string {
  const promptTokens = tokensIn(prompt.chars) + MESSAGE_TOKENS * prompt.messages + IMAGE_TOKENS * prompt.images;
  const usage = { ...NO_USAGE, promptTokens, completionTokens: outputTokens };
  return formatNanoUsdc(nanoUsdc(divide(costInPico(prices, usage, prompt.images), PICO_PER_NANO, "up")));
}

/** The sum of exact costs, decimal USDC. */
export function sumOfCosts(costs: readonly string[]): string {
  return formatNanoUsdc(nanoUsdc(costs.reduce((sum, cost) => sum + parseNanoUsdc(cost), 0n)));
}

// What the playground knows of a model: what it takes, and what it costs.
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { parseMicroUsdc } from "@aimo-network/protocol/money";
import { perMillion } from "../../ui/amount-text.ts";

/** A model as the router's list has it, as far as it is needed here. */
export interface ListedModel {
  readonly id: string;
  readonly name: string;
  readonly context_length: number | null;
  readonly architecture: {
    readonly input_modalities: readonly string[];
    readonly output_modalities: readonly string[];
  };
  /** Decimal USDC, per token but for `image` and `request`. */
  readonly pricing: {
    readonly prompt: string;
    readonly completion: string;
    readonly image: string;
    readonly request: string;
  };
  readonly supported_parameters: readonly string[];
}

/** The prices of a model's cheapest offer: of tokens in pico-USDC each, of images and requests in micro-USDC each. */
export interface TokenPrices {
  readonly prompt: MicroUsdc;
  readonly completion: MicroUsdc;
  readonly image: MicroUsdc;
  readonly request: MicroUsdc;
}

/** What is known of a model. */
export interface ModelFacts {
  readonly id: string;
  readonly name: string;
  readonly contextLength: number | undefined;
  readonly takesImages: boolean;
  readonly parameters: ReadonlySet<string>;
  /** Undefined where they cannot be read: then nothing is estimated. */
  readonly prices: TokenPrices | undefined;
}

function pricesOf({ prompt, completion, image, request }: ListedModel["pricing"]): TokenPrices | undefined {
  try {
    // A price in micro-USDC per million tokens is one in pico-USDC per token.
    return {
      prompt: parseMicroUsdc(perMillion(prompt)),
      completion: parseMicroUsdc(perMillion(completion)),
      image: parseMicroUsdc(image),
      request: parseMicroUsdc(request),
    };
  } catch {
    return undefined;
  }
}

/** The facts of a listed model. */
export function factsOf(model: ListedModel): ModelFacts {
  return {
    id: model.id,
    name: model.name,
    contextLength: model.context_length ?? undefined,
    takesImages: model.architecture.input_modalities.includes("image"),
    parameters: new Set(model.supported_parameters),
    prices: pricesOf(model.pricing),
  };
}

/** Whether a parameter is sent to it: to a model that is not listed everything is, since nobody knows. */
export function supports(facts: ModelFacts | undefined, parameter: string): boolean {
  return facts === undefined || facts.parameters.has(parameter);
}

/** A model's name without what tells how to choose among its offers (`:floor`, `:nitro`); empty for a provider's own tag. */
export function baseName(model: string): string {
  const [name = "", wish] = model.split(":");
  return wish === undefined || name.includes("/") ? name : "";
}

// Which parameters of a request an offer supports: what lists show, and what requests are matched with.
import type { JsonObject } from "@aimo-network/protocol/json-object";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import { CAPABILITIES } from "@aimo-network/protocol/wire/offer";

/** What every OpenAI-compatible server knows; by OpenRouter's names, as all here. */
const BASIC: readonly string[] = [
  ...["max_tokens", "max_completion_tokens", "temperature", "top_p", "stop", "seed"],
  ...["frequency_penalty", "presence_penalty"],
];

/** What of the capabilities is no name of a parameter, or not of that alone. */
const NAMED_OTHERWISE: ReadonlyMap<string, readonly string[]> = new Map([
  ["tools", ["tools", "tool_choice"]],
  ["json_schema", ["response_format", "structured_outputs"]],
  ["json_object", ["response_format"]],
  ["reasoning", ["reasoning", "include_reasoning", "reasoning_effort"]],
  ["logprobs", ["logprobs", "top_logprobs"]],
]);

/** The parameters that come with a capability. */
const OF_CAPABILITY: ReadonlyMap<string, readonly string[]> = new Map(
  CAPABILITIES.map((capability) => [capability, NAMED_OTHERWISE.get(capability) ?? [capability]] as const),
);

const known = new WeakMap<Offer, ReadonlySet<string>>(); // offers are many, and looked at for many requests

function supported(offer: Offer): ReadonlySet<string> {
  let names = known.get(offer);
  if (names === undefined) {
    names = new Set([...BASIC, ...offer.capabilities.flatMap((capability) => OF_CAPABILITY.get(capability) ?? [])]);
    known.set(offer, names);
  }
  return names;
}

/** The parameters an offer supports; capabilities that nobody knows add none. */
export function supportedParameters(offer: Offer): readonly string[] {
  return [...supported(offer)];
}

/** Whether an offer lacks a parameter that was asked for. */
export function lacksParameters(asked: ReadonlySet<string>, offer: Offer): boolean {
  if (asked.size === 0) return false;
  const names = supported(offer);
  for (const name of asked) if (!names.has(name)) return true;
  return false;
}

type Asks = (value: unknown) => boolean;

const isTrue: Asks = (value) => value === true;
const isSet: Asks = (value) => value !== undefined && value !== null;
const isAbove =
  (neutral: number): Asks =>
  (value) =>
    typeof value === "number" && value > neutral;
const hasMembers: Asks = (value) => typeof value === "object" && value !== null && Object.keys(value).length > 0;
const isEffort: Asks = (value) => typeof value === "string" && value !== "none";

/** OpenRouter's object: what only hides the reasoning, or turns it off, any model can do. */
const asksReasoning: Asks = (value) =>
  isJsonObject(value) &&
  (isEffort(value["effort"]) || isAbove(0)(value["max_tokens"]) || isTrue(value["enabled"]) || isSet(value["summary"]));

/** What a member must be for the answer to depend on it; what is not here every server knows, or passes over. */
const ASKING: Readonly<Record<string, Asks>> = {
  tools: hasMembers,
  tool_choice: (value) => isJsonObject(value) || value === "required",
  parallel_tool_calls: (value) => value === false, // true is what servers do by themselves
  structured_outputs: isTrue,
  reasoning: asksReasoning,
  reasoning_effort: isEffort,
  include_reasoning: isTrue,
  logprobs: (value) => isTrue(value) || isAbove(0)(value),
  top_logprobs: isAbove(0),
  logit_bias: hasMembers,
  top_k: isAbove(0), // 0 and -1: all of them
  min_p: isAbove(0),
  top_a: isAbove(0),
  repetition_penalty: (value) => typeof value === "number" && value !== 1,
  prediction: isSet,
  verbosity: isSet,
  web_search_options: isSet,
};

/** The names that `askedParameters` may give for `response_format`. */
const OF_FORMAT: ReadonlyMap<unknown, readonly string[]> = new Map<unknown, readonly string[]>([
  ["json_schema", ["response_format", "structured_outputs"]],
  ["json_object", ["response_format"]],
  ["grammar", ["response_format", "structured_outputs"]],
]);

const ASKING_ENTRIES = Object.entries(ASKING);
const NOTHING: ReadonlySet<string> = new Set();

/** The parameters a request depends on that not every offer supports: as many as there are names here at most. */
export function askedParameters(fields: JsonObject): ReadonlySet<string> {
  let asked: Set<string> | undefined;
  for (const [name, asks] of ASKING_ENTRIES) {
    const value = fields[name];
    if (value !== undefined && asks(value)) (asked ??= new Set()).add(name);
  }
  const { response_format: format } = fields;
  if (isJsonObject(format)) for (const name of OF_FORMAT.get(format["type"]) ?? []) (asked ??= new Set()).add(name);
  return asked ?? NOTHING;
}

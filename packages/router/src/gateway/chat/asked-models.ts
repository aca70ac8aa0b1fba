// The models a request names: the one it asks for, and those that may answer in its place.
import { AimoError } from "@aimo-network/protocol/errors";
import type { JsonObject } from "@aimo-network/protocol/json-object";
import { MODELS_OF_REQUEST_MAX } from "../../market/limits.ts";
import { unknownVariant, VARIANTS } from "../../market/model-name.ts";
import { describe } from "../describe-json.ts";

const NAME_CHARS_MAX = 200; // a wallet, an author and a slug fit

const SUFFIXES = VARIANTS.map((variant) => `\`:${variant}\``).join(" or ");

function readName(value: unknown, param: string): string {
  if (typeof value !== "string" || value === "" || value.length > NAME_CHARS_MAX) {
    const expected = "a model such as `author/slug`";
    throw new AimoError("invalid_request", { param, expected, found: describe(value) });
  }
  const suffix = unknownVariant(value);
  if (suffix === undefined) return value;
  const expected = `\`author/slug\`, a slug or \`<provider wallet>:<slug>\`, with the suffix ${SUFFIXES} or none`;
  throw new AimoError("invalid_request", { param, expected, found: `the suffix \`:${suffix}\`` });
}

function readFallbacks(models: unknown): readonly string[] {
  if (models === undefined || models === null) return [];
  if (!Array.isArray(models) || models.length > MODELS_OF_REQUEST_MAX) {
    const expected = `an array of at most ${MODELS_OF_REQUEST_MAX} models`;
    const found = Array.isArray(models) ? `${models.length}` : describe(models);
    throw new AimoError("invalid_request", { param: "models", expected, found });
  }
  return (models as readonly unknown[]).map((name, index) => readName(name, `models[${index}]`));
}

/** Reads `model` and `models`: at least one, in the order in which they are asked, none twice in whatever letter case. */
export function readModels({ model, models }: JsonObject): readonly [string, ...string[]] {
  const fallbacks = readFallbacks(models);
  const [instead, ...others] = fallbacks;
  const isOpen = (model === undefined || model === null) && instead !== undefined;
  const first = isOpen ? instead : readName(model, "model");
  if (fallbacks.length === 0) return [first];
  const seen = new Set([first.toLowerCase()]);
  const more = (isOpen ? others : fallbacks).filter((name) => {
    const isNew = !seen.has(name.toLowerCase());
    seen.add(name.toLowerCase());
    return isNew;
  });
  return [first, ...more];
}

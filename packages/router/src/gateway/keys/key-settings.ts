// What the owner of an issued key sends about it: read strictly, since a misspelt limit would be none.
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { parseNanoUsdc } from "@aimo-network/protocol/money";
import type { KeySettings } from "../../accounts/issued-keys.ts";
import { ALLOWED_MODELS_MAX } from "../../limits.ts";
import { modelId, parseModelName } from "../../market/model-name.ts";
import { checkJsonBounds } from "../json-bounds.ts";
import { JsonNumber, parseWithNumberSources, plainDecimal } from "../json-number.ts";

const NAME_CHARS_MAX = 200; // what the ledger's column holds
const RESETS: readonly unknown[] = ["daily", "weekly", "monthly"];
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|\+00:00)$/;

/** What OpenRouter's clients may send beside; nothing here comes of it. */
const IGNORED: ReadonlySet<string> = new Set(["include_byok_in_limit", "creator_user_id", "workspace_id"]);

type Fault = (expected: string) => AimoError;

/** What was found in a field, in a few words. */
function describe(value: unknown): string {
  if (value instanceof JsonNumber) return value.source.slice(0, 60);
  if (typeof value === "string") return JSON.stringify(value.slice(0, 60));
  if (value === null) return "null";
  return Array.isArray(value) ? `a list of ${value.length}` : `a ${typeof value}`;
}

/** Whether PostgreSQL stores these characters as they are, and a list shows them on one line. */
function isPlainText(value: unknown): value is string {
  return typeof value === "string" && value.isWellFormed() && !/\p{Cc}/u.test(value);
}

function readName(value: unknown, fault: Fault): string {
  if (!isPlainText(value) || value === "" || value.length > NAME_CHARS_MAX) {
    throw fault(`1 to ${NAME_CHARS_MAX} characters without control characters`);
  }
  return value;
}

function readLimit(value: unknown, fault: Fault): NanoUsdc | null {
  if (value === null) return null;
  const digits = value instanceof JsonNumber ? plainDecimal(value) : value;
  const expected = "USDC from 0 with at most 9 decimals, as a number or a string, or null";
  if (typeof digits !== "string") throw fault(expected);
  try {
    return parseNanoUsdc(digits);
  } catch (error) {
    if (!isAimoError(error, "invalid_amount")) throw error;
    throw fault(expected);
  }
}

function readReset(value: unknown, fault: Fault): KeySettings["limit_reset"] {
  if (value !== null && !RESETS.includes(value)) throw fault("daily, weekly, monthly or null");
  return value as KeySettings["limit_reset"];
}

function readExpiry(value: unknown, fault: Fault, nowMs: number): Date | null {
  if (value === null) return null;
  const expected = "a time to come in UTC, such as 2027-01-31T00:00:00Z, or null";
  if (typeof value !== "string" || !TIME.test(value)) throw fault(expected);
  const time = new Date(value);
  // The 30th of February is another day to some parsers.
  const isReal = !Number.isNaN(time.getTime()) && time.toISOString().slice(0, 19) === value.slice(0, 19);
  if (!isReal || time.getTime() <= nowMs) throw fault(expected);
  return time;
}

function readModel(value: unknown): string | undefined {
  const name = isPlainText(value) && value.length <= NAME_CHARS_MAX ? parseModelName(value) : undefined;
  return name?.kind === "author" ? modelId(name.author, name.slug) : undefined;
}

function readModels(value: unknown, fault: Fault): readonly string[] | null {
  if (value === null) return null;
  const expected = `1 to ${ALLOWED_MODELS_MAX} models as author/slug, or null for all`;
  if (!Array.isArray(value) || value.length === 0 || value.length > ALLOWED_MODELS_MAX) throw fault(expected);
  const models = value.map((one) => {
    const model = readModel(one);
    if (model === undefined) throw fault(`${expected}, and none that is ${describe(one)}`);
    return model;
  });
  return [...new Set(models)];
}

function readDisabled(value: unknown, fault: Fault): boolean {
  if (typeof value !== "boolean") throw fault("true or false");
  return value;
}

const READERS: {
  readonly [Name in keyof KeySettings]: (value: unknown, fault: Fault, nowMs: number) => KeySettings[Name];
} = {
  name: readName,
  disabled: readDisabled,
  limit: readLimit,
  limit_reset: readReset,
  expires_at: readExpiry,
  allowed_models: readModels,
};

function parseBody(text: string): Readonly<Record<string, unknown>> {
  const expected = "a JSON object";
  checkJsonBounds(text);
  let body: unknown;
  try {
    body = parseWithNumberSources(text);
  } catch (cause) {
    throw new AimoError("invalid_request", { expected, found: "text that is no JSON" }, { cause });
  }
  if (!isJsonObject(body) || body instanceof JsonNumber) {
    throw new AimoError("invalid_request", { expected, found: describe(body) });
  }
  return body;
}

/** Reads the settings that a body names out of those that may be; throws `invalid_request` with the field. */
export function readKeySettings(
  text: string,
  names: readonly (keyof KeySettings)[],
  nowMs: number,
): Partial<KeySettings> {
  const settings: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(parseBody(text))) {
    if (IGNORED.has(field)) continue;
    const param = field.slice(0, 60);
    const name = names.find((known) => known === field);
    if (name === undefined) {
      throw new AimoError("invalid_request", { expected: `only ${names.join(", ")}`, found: `another field`, param });
    }
    const fault: Fault = (expected) => new AimoError("invalid_request", { expected, found: describe(value), param });
    settings[name] = READERS[name](value, fault, nowMs);
  }
  return settings;
}

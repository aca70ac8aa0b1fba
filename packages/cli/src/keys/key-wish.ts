// What `aimo keygen` is asked for, checked before a wallet signs anything.
import type { KeyContentV2, Scope, Spending } from "@aimo-network/protocol/keys/key-content";
import { SCOPES, VALID_DAYS_MAX } from "@aimo-network/protocol/keys/key-content";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { parseMicroUsdc } from "@aimo-network/protocol/money";
import type { CommandInput } from "../command-spec.ts";
import { expected, readDays, textOf, wordsOf } from "./option-words.ts";

type Options = CommandInput["options"];

const DAY_MS = 24 * 60 * 60 * 1_000;
const TAG = /^[a-z0-9_]{1,24}$/;

function readScopes(options: Options, isFirstGeneration: boolean): readonly Scope[] {
  const words = wordsOf(options["scopes"]);
  const wanted = words.length === 0 ? ["completion_model"] : words;
  const known: readonly string[] = isFirstGeneration ? ["completion_model"] : SCOPES;
  const foreign = wanted.find((word) => !known.includes(word));
  if (foreign !== undefined) {
    const where = isFirstGeneration ? " with --first-generation" : "";
    throw expected("--scopes", `${known.join(", ")}${where}`, foreign);
  }
  return SCOPES.filter((scope) => wanted.includes(scope));
}

function readLimit(text: string): MicroUsdc {
  const what = "USDC from 0.000001 with at most 6 decimals, such as 2.50; without the option there is no limit";
  let limit: MicroUsdc;
  try {
    limit = parseMicroUsdc(text);
  } catch {
    throw expected("--usage-limit", what, text);
  }
  // In a key 0 stands for no limit: the smallest budget would become the largest.
  if (limit === 0n) throw expected("--usage-limit", what, text);
  return limit;
}

function readSpending(options: Options, scopes: readonly Scope[]): Spending {
  const limit = textOf(options["usageLimit"]);
  if (options["earnOnly"] !== true) {
    return limit === undefined ? { kind: "unlimited" } : { kind: "limited", limit: readLimit(limit) };
  }
  if (limit !== undefined) throw expected("--usage-limit", "no limit with --earn-only, which spends nothing", limit);
  if (scopes.includes("keys")) {
    throw expected("--scopes", "no scope keys with --earn-only: it could issue a key that spends", "keys");
  }
  return { kind: "earn_only" };
}

function readTag(options: Options, isFirstGeneration: boolean): string | undefined {
  const tag = textOf(options["tag"]);
  if (tag === undefined) return undefined;
  if (isFirstGeneration) {
    throw expected("--tag", "no tag with --first-generation: those proxies read no key that has one", tag);
  }
  if (!TAG.test(tag)) throw expected("--tag", "1 to 24 of the characters a-z, 0-9 and _", tag);
  return tag;
}

/** The content of the key that the options describe; throws `CommandFault` that says what was expected. */
export function readKeyWish(options: Options, nowMs: number): KeyContentV2 {
  const isFirstGeneration = options["firstGeneration"] === true;
  const scopes = readScopes(options, isFirstGeneration);
  const tag = readTag(options, isFirstGeneration);
  return {
    version: 2,
    createdAtMs: nowMs,
    validForMs: readDays("--valid-for", textOf(options["validFor"]) ?? "90", VALID_DAYS_MAX) * DAY_MS,
    spending: readSpending(options, scopes),
    scopes,
    ...(tag !== undefined && { tag }),
  };
}

// `aimo keys inspect`: what a key says of itself, what its signature proves, and what a router knows of it.
import { base58 } from "@scure/base";
import { isAimoError } from "@aimo-network/protocol/errors";
import { keyId } from "@aimo-network/protocol/keys/key-id";
import type { SignedKey } from "@aimo-network/protocol/keys/key-layout";
import { parseKey } from "@aimo-network/protocol/keys/key-text";
import type { ParsedKey } from "@aimo-network/protocol/keys/key-text";
import { momentText } from "../chain/moments.ts";
import type { CommandInput, Outcome, RunCommand } from "../command-spec.ts";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import type { Style } from "../terminal/style.ts";
import { factsText } from "../terminal/table.ts";
import type { NamedRouter } from "./bound-router.ts";
import { askedRouter } from "./bound-router.ts";
import { askRouterAboutKey } from "./key-at-router.ts";
import type { KeyAtRouter } from "./key-at-router.ts";
import type { Proof } from "./key-proof.ts";
import { provenBinding } from "./key-proof.ts";
import { givenKey } from "./key-source.ts";
import { contentJson, rightsText, spendingText } from "./key-words.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
type Facts = (readonly [string, string])[];

function parsed(text: string, from: string): ParsedKey {
  try {
    return parseKey(text);
  } catch (error) {
    if (!isAimoError(error)) throw error;
    const next = "aimo keygen makes a new one.";
    throw new CommandFault({ what: `${from} holds no key.`, why: error.message, next, reason: "wallet" });
  }
}

function expiryText(atMs: number, nowMs: number): string {
  const at = momentText(atMs);
  if (nowMs >= atMs) return `${at} (expired)`;
  const days = Math.ceil((atMs - nowMs) / DAY_MS);
  return `${at} (${days === 1 ? "within a day" : `within ${days} days`})`;
}

function routerText({ version }: SignedKey, { boundTo, signature }: Proof, named: string | undefined): string {
  if (signature === "wrong") return "none: its signature is wrong";
  if (boundTo === undefined) {
    return named === undefined
      ? "one that is not known here: --router <url|id> tells whether it is that one"
      : `another than ${named}`;
  }
  if (boundTo !== "any") return `${boundTo} alone${named === undefined || named === boundTo ? "" : `, not ${named}`}`;
  return version === 1
    ? "any: a first-generation key, which each router that sees it can use elsewhere"
    : "any: each that sees it could use it at another";
}

const SIGNATURES: Readonly<Record<Proof["signature"], string>> = {
  valid: "valid",
  unproven: "not proven: it is bound to a router that is not known here, or it was changed",
  wrong: "wrong: the wallet did not sign this",
};

const PAINTS: Readonly<Record<Proof["signature"], (style: Style) => (text: string) => string>> = {
  valid: ({ good }) => good,
  unproven: ({ doubtful }) => doubtful,
  wrong: ({ bad }) => bad,
};

function atRouterFacts(found: KeyAtRouter | undefined): Facts {
  if (found === undefined) return [];
  if (!found.isAccepted) return [[`at ${found.url}`, `refused: ${found.why}`]];
  const { usage, limit, limit_remaining: left, limit_reset: reset, allowed_models: models } = found.record;
  const budget = limit === null ? "" : `; ${left ?? "0"} of ${limit} USDC left${reset === null ? "" : `, ${reset}`}`;
  return [
    [`at ${found.url}`, `accepted; spent ${usage} USDC${budget}`],
    ...(models === null ? [] : ([["models", models.join(", ")]] as const)),
  ];
}

function atRouterJson(found: KeyAtRouter | undefined): object | null {
  if (found === undefined) return null;
  const place = { router: found.routerId, url: found.url, accepted: found.isAccepted };
  return found.isAccepted ? { ...place, ...found.record } : { ...place, code: found.code ?? null, message: found.why };
}

async function ofIssued(key: ParsedKey, text: string, { router }: NamedRouter, from: string): Promise<Outcome> {
  const id = await keyId(key);
  const atRouter = router === undefined ? undefined : await askRouterAboutKey(router, text);
  const expires = atRouter?.isAccepted === true ? (atRouter.record.expires_at ?? "never") : undefined;
  const facts: Facts = [
    ["kind", "issued by a router, which alone knows what it may do"],
    ["key id", id],
    ["read from", from],
    ...(expires === undefined ? [] : ([["expires", expires]] as const)),
    ...(router === undefined ? ([["router", "--router <url|id> asks it"]] as const) : atRouterFacts(atRouter)),
  ];
  const data = { kind: "issued", key_id: id, at_router: atRouterJson(atRouter) };
  return { data, text: factsText(facts), reason: atRouter?.isAccepted === false ? "failed" : "done" };
}

async function ofSigned(
  context: CommandContext,
  key: SignedKey,
  { text, from, named }: { readonly text: string; readonly from: string; readonly named: NamedRouter },
): Promise<Outcome> {
  const { terminal, clock } = context;
  const { router } = named;
  const proof = await provenBinding(context, key, named.id);
  // A key that is bound elsewhere is of no use to this router, and none of its business.
  const isForRouter = router !== undefined && (proof.boundTo === router.id || proof.boundTo === "any");
  const atRouter = isForRouter ? await askRouterAboutKey(router, text) : undefined;
  const expiresAtMs = key.createdAtMs + key.validForMs;
  const isExpired = clock.now() >= expiresAtMs;
  const id = await keyId(key);
  const wallet = base58.encode(key.signer);
  const { style } = terminal;
  const facts: Facts = [
    ["kind", `signed by a wallet, version ${key.version}`],
    ["key id", id],
    ["read from", from],
    ["wallet", wallet],
    ["router", routerText(key, proof, named.id)],
    ["may", rightsText(key)],
    ["spends", spendingText(key.spending)],
    ...(key.tag === undefined ? [] : ([["tag", `${key.tag}${key.version === 1 ? " (not signed)" : ""}`]] as const)),
    ["created", momentText(key.createdAtMs)],
    ["expires", (isExpired ? style.bad : (same: string) => same)(expiryText(expiresAtMs, clock.now()))],
    ["signature", PAINTS[proof.signature](style)(SIGNATURES[proof.signature])],
    ...atRouterFacts(atRouter),
  ];
  const data = {
    kind: "signed",
    version: key.version,
    key_id: id,
    wallet,
    router: proof.boundTo ?? null,
    signature: proof.signature,
    ...contentJson(key),
    expired: isExpired,
    at_router: atRouterJson(atRouter),
  };
  // Whether one that is bound to a router nobody named is good cannot be said, so it is not said to be bad.
  const isFitting = named.id === undefined || proof.boundTo === "any" || proof.boundTo === named.id;
  const isGood = !isExpired && proof.signature !== "wrong" && isFitting && atRouter?.isAccepted !== false;
  return { data, text: factsText(facts), reason: isGood ? "done" : "failed" };
}

/** Reads a key and prints everything but the key. */
export const inspectKey: RunCommand = async (context: CommandContext, input: CommandInput) => {
  const { text, from } = await givenKey(context, input.arguments[0]);
  const key = parsed(text, from);
  const named = await askedRouter(context);
  return key.kind === "issued"
    ? await ofIssued(key, text, named, from)
    : await ofSigned(context, key, { text, from, named });
};

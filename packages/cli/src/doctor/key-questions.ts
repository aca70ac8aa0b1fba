// Whether a key is good at the router: taken there, bound to it, unexpired, and with the scope that calls and selling need.
import { isAimoError } from "@aimo-network/protocol/errors";
import { parseKey } from "@aimo-network/protocol/keys/key-text";
import type { ParsedKey } from "@aimo-network/protocol/keys/key-text";
import { momentText } from "../chain/moments.ts";
import type { CommandContext } from "../context.ts";
import { askRouterAboutKey } from "../keys/key-at-router.ts";
import type { KeyAtRouter } from "../keys/key-at-router.ts";
import { provenBinding } from "../keys/key-proof.ts";
import { rightsText, spendingText } from "../keys/key-words.ts";
import { KEY_ENDS_SOON_MS } from "../limits.ts";
import type { Router } from "../network/find-router.ts";
import type { Finding, Question } from "./question.ts";
import { bad, good, needed, NotAsked } from "./question.ts";

/** A key that was found, and how another one is made. */
export interface FoundKey {
  readonly text: string;
  readonly remedy: string;
}

/** Where a key is looked for. */
export interface KeyPlace {
  /** First part of the questions' ids. */
  readonly id: string;
  readonly name: string;
  /** Throws `NotAsked` where there is none. */
  find(): Promise<FoundKey>;
}

const DAY_MS = 24 * 60 * 60 * 1_000;

interface ReadKey extends FoundKey {
  readonly key: ParsedKey;
}

function read({ text, remedy }: FoundKey): ReadKey | Finding {
  try {
    return { text, remedy, key: parseKey(text) };
  } catch (error) {
    if (!isAimoError(error)) throw error;
    return bad(`no key: ${error.message}`, remedy);
  }
}

function isFinding(value: ReadKey | Finding): value is Finding {
  return "verdict" in value;
}

function takenFinding(found: KeyAtRouter, { key, remedy }: ReadKey): Finding {
  if (!found.isAccepted) return bad(`the router refuses it: ${found.why}`, remedy);
  if (key.kind === "signed" && key.spending.kind === "earn_only") return good("taken; it earns and cannot spend");
  const { record } = found;
  if (record.limit === null) return good(`accepted by the router; it has spent ${record.usage} USDC`);
  const left = record.limit_remaining ?? "0";
  const words = `taken; ${left} of ${record.limit} USDC left`;
  return /^0(?:\.0+)?$/.test(left) ? bad(words, `Its limit is used up: ${remedy}`) : good(words);
}

/** Judges when a key ends. */
export function expiryFinding(expiresAtMs: number, nowMs: number, remedy: string): Finding {
  const at = momentText(expiresAtMs);
  const leftMs = expiresAtMs - nowMs;
  if (leftMs <= 0) return bad(`expired at ${at}`, remedy);
  if (leftMs > KEY_ENDS_SOON_MS) return good(`until ${at}, ${Math.floor(leftMs / DAY_MS)} days`);
  const soon = leftMs < DAY_MS ? "within a day" : `in ${Math.floor(leftMs / DAY_MS)} days`;
  return { verdict: "good", words: `until ${at}: it ends ${soon}`, next: remedy };
}

async function boundFinding(context: CommandContext, { key, remedy }: ReadKey, router: Router): Promise<Finding> {
  if (key.kind === "issued") return good("issued by a router, and good there alone");
  const { signature, boundTo } = await provenBinding(context, key, router.id);
  if (signature === "wrong") return bad("its wallet did not sign it: it was changed, or copied badly", remedy);
  if (boundTo === router.id) return good("bound to this router");
  if (boundTo === "any") {
    const words = "bound to none: whoever sees it can use it at any router";
    return { verdict: "good", words, next: remedy };
  }
  return bad("bound to another router, or changed", remedy);
}

function scopesFinding({ key, remedy }: ReadKey): Finding {
  if (key.kind === "issued") return good("calls models, as every issued key");
  const words = `${rightsText(key)}; spends ${spendingText(key.spending)}`;
  return key.scopes.includes("completion_model")
    ? good(words)
    : bad(`${words}: no model can be called or served`, remedy);
}

/** What the router knows of a key; the questions about it share one answer. */
function memoized<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}

/** The questions about one key; where there is none, a single one says so. */
export function keyQuestions(context: CommandContext, place: KeyPlace, router: Promise<Router>): readonly Question[] {
  const { id, name } = place;
  const found = memoized(() => place.find());
  const away = "the router does not answer";
  const atRouter = memoized(async () => {
    const { text } = await found();
    return await askRouterAboutKey(await needed(router, away), text);
  });
  const about = (part: string, judge: (key: ReadKey) => Promise<Finding>): Question => ({
    id: `${id}.${part}`,
    name: `${name}: ${part}`,
    async ask() {
      const key = read(await needed(found(), `there is no ${name}`));
      if (isFinding(key)) throw new NotAsked("not asked: what is there is no key");
      return await judge(key);
    },
  });
  return [
    {
      id,
      name,
      async ask() {
        const key = read(await found());
        return isFinding(key) ? key : takenFinding(await atRouter(), key);
      },
    },
    about("router", async (key) => await boundFinding(context, key, await needed(router, away))),
    about("expiry", async ({ key, remedy }) => {
      if (key.kind === "signed") return expiryFinding(key.createdAtMs + key.validForMs, context.clock.now(), remedy);
      const known = await atRouter();
      if (!known.isAccepted) throw new NotAsked("not asked: the router refuses the key");
      const ends = known.record.expires_at;
      return ends === null ? good("never") : expiryFinding(Date.parse(ends), context.clock.now(), remedy);
    }),
    about("scopes", async (key) => scopesFinding(key)),
  ];
}

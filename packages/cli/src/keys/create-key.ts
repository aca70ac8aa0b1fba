// `aimo keys create`: a key that the router issues, for a budget of its own.
import { Type } from "typebox";
import { Value } from "typebox/value";
import { parseNanoUsdc } from "@aimo-network/protocol/money";
import type { CommandInput, RunCommand } from "../command-spec.ts";
import { findRouter } from "../network/find-router.ts";
import { strangeAnswer } from "../network/router-answer.ts";
import { signIn } from "../network/sign-in.ts";
import { openWallet } from "../wallet/open-wallet.ts";
import type { KeyRecord } from "./issued-record.ts";
import { readKeyRecord } from "./issued-record.ts";
import { expected, readDays, textOf, wordsOf } from "./option-words.ts";

type Options = CommandInput["options"];

const PATH = "/api/v1/keys";
const DAY_MS = 24 * 60 * 60 * 1_000;
const EXPIRY_DAYS_MAX = 36_500; // a century: the router takes any date, a typing error should not make one
const MODEL = /^[^\s/]+\/[^\s/]+$/;
const MadeShape = Type.Object({
  key: Type.String({ pattern: "^aimo-sk-u1-[1-9A-HJ-NP-Za-km-z]+$" }),
  data: Type.Unknown(),
});

function readLimit(text: string): string {
  try {
    parseNanoUsdc(text);
    return text;
  } catch {
    throw expected("--limit", "USDC with at most 9 decimals, such as 10 or 2.50", text);
  }
}

/** What the router is asked for; throws `CommandFault` for what it would refuse. */
function settingsOf(options: Options, nowMs: number): object {
  const [limit, reset, days] = [textOf(options["limit"]), textOf(options["reset"]), textOf(options["expiresIn"])];
  if (reset !== undefined && limit === undefined) throw expected("--reset", "a --limit that it begins anew", reset);
  const models = wordsOf(options["models"]);
  const wrong = models.find((model) => !MODEL.test(model));
  if (wrong !== undefined) throw expected("--models", "models as author/slug", wrong);
  const expiresAtMs = days === undefined ? undefined : nowMs + readDays("--expires-in", days, EXPIRY_DAYS_MAX) * DAY_MS;
  return {
    name: textOf(options["name"]) ?? `aimo ${new Date(nowMs).toISOString().slice(0, 10)}`,
    ...(limit !== undefined && { limit: readLimit(limit) }),
    ...(reset !== undefined && { limit_reset: reset }),
    ...(expiresAtMs !== undefined && { expires_at: new Date(expiresAtMs).toISOString() }),
    ...(models.length > 0 && { allowed_models: models }),
  };
}

function wordsFor({ key_id: id, name, limit, limit_reset: reset, expires_at: end }: KeyRecord, url: string): string {
  const budget = limit === null ? "no limit of its own" : `${limit} USDC${reset === null ? "" : ` ${reset}`}`;
  return `Key ${id} (${name}) at ${url}: ${budget}, ends ${end ?? "never"}. It is shown this once.`;
}

/** Issues a key at the router. */
export const createKey: RunCommand = async (context, { options }) => {
  const body = settingsOf(options, context.clock.now());
  const wallet = await openWallet(context);
  const router = await findRouter(context);
  const session = await signIn(context, router.client, wallet);
  try {
    const made = await session.call(PATH, { body, what: "The router issued no key." });
    if (!Value.Check(MadeShape, made)) throw strangeAnswer(router.client.url, PATH);
    const record = readKeyRecord(made.data, router.client.url, PATH);
    context.terminal.note(wordsFor(record, router.client.url));
    return { data: { key: made.key, router: router.id, ...record }, text: made.key };
  } finally {
    await session.end();
  }
};

// The endpoints that tell what happened, on a server of their own, with callers told apart by a header.
import assert from "node:assert/strict";
import { TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import fastify from "fastify";
import type { FastifyRequest } from "fastify";
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import { createActivity } from "../activity/activity.ts";
import { accountActivityRoutes } from "../gateway/account/account-activity.ts";
import type { AccountActivityDeps } from "../gateway/account/account-activity.ts";
import { installErrorReplies } from "../gateway/error-reply.ts";
import { rankApps } from "../ledger/app-rankings.ts";
import type { Database } from "../ledger/database/database.ts";
import { createLog } from "../log.ts";
import type { Party, PostedGenerations, PostedKey } from "./posted-generations.ts";
import { createPostedGenerations } from "./posted-generations.ts";
import { QUIET_OBSERVER } from "./quiet-observer.ts";
import { openTestDatabase } from "./test-database.ts";

/** Who calls, as tests say it: a session of a wallet, or a key with what it may do. */
export type TestCaller =
  | { readonly session: string }
  | { readonly key: PostedKey; readonly may: "account" | "completion_model" | "earn_only" };

/** A reply. */
interface Reply {
  readonly status: number;
  readonly text: string;
  readonly json: unknown;
}

/** A server under test, and a database to fill. */
export interface ActivityServer {
  readonly database: Database;
  readonly posted: PostedGenerations;
  get(path: string, caller?: TestCaller): Promise<Reply>;
  /** The `data` of a reply that must be good. */
  data<Data>(path: string, caller: TestCaller): Promise<Data>;
  /** The code of a reply that must be an error. */
  code(path: string, caller?: TestCaller): Promise<string>;
  /** A wallet with money, and a key of it. */
  payer(amount?: bigint): Promise<{ user: Party; key: PostedKey }>;
  /** An app that a payer's request named first: its number in rows, and that of its site. */
  app(user: Party, url: string, title: string): Promise<{ number: number; site: number }>;
  /** Ranks apps for the days that are over. */
  rankApps(): Promise<void>;
  close(): Promise<void>;
}

/** The header that says who calls, and the one that a bearer would be in. */
function headersOf(caller: TestCaller | undefined): Record<string, string> {
  if (caller === undefined) return {};
  if ("session" in caller) return { "x-test-caller": JSON.stringify(caller) };
  const { key, may } = caller;
  return {
    "x-test-caller": JSON.stringify({ id: key.id, wallet: key.owner.wallet, may }),
    authorization: "Bearer test",
  };
}

interface TestKey {
  readonly id: string;
  readonly wallet: string;
  readonly may: "account" | "completion_model" | "earn_only";
}

function callerOf({ headers }: FastifyRequest): { readonly session: string } | TestKey {
  const text = headers["x-test-caller"];
  if (typeof text !== "string") throw new AimoError("missing_key", {});
  return JSON.parse(text) as { session: string } | TestKey;
}

function keyOf(request: FastifyRequest): TestKey {
  const caller = callerOf(request);
  if ("session" in caller) throw new AimoError("missing_key", {});
  return caller;
}

/** Access as the router's own gives it, without signatures. */
const access: Pick<AccountActivityDeps, "accountOf" | "authenticate" | "requireSession"> = {
  requireSession: async (request) => {
    const caller = callerOf(request);
    if (!("session" in caller)) throw new AimoError("missing_session", {});
    return { wallet: caller.session, token: "", expiresAtMs: Infinity, idleExpiresAtMs: Infinity };
  },
  accountOf: async (request) => {
    const caller = callerOf(request);
    if ("session" in caller) return { wallet: caller.session, via: "session" };
    if (caller.may !== "account") throw new AimoError("scope_missing", { scope: "account" });
    return { wallet: caller.wallet, via: "key", keyId: caller.id };
  },
  authenticate: async (request, purpose) => {
    const key = keyOf(request);
    if (purpose === "spend" && key.may === "earn_only") throw new AimoError("earn_only_key", {});
    if (purpose !== "own" && key.may === "account") throw new AimoError("scope_missing", { scope: "completion_model" });
    return key;
  },
};

const ENOUGH = 10n ** 15n;
const HISTORY_DAYS = 400;

/** Creates the server on a database of its own; nothing listens. */
export async function startActivityServer(clock: Clock): Promise<ActivityServer> {
  const database = await openTestDatabase();
  const posted = await createPostedGenerations(database, clock);
  const activity = createActivity(database, { clock, log: createLog("silent") });
  const elsewhere = { links: { countOf: () => 0 }, isDraining: () => false };
  const deps = { ...access, ...activity, ...elsewhere, clock };
  const server = fastify();
  installErrorReplies(server, QUIET_OBSERVER);
  server.setValidatorCompiler(TypeBoxValidatorCompiler);
  await server.register(accountActivityRoutes(deps), { prefix: "/api/v1" });
  const get = async (path: string, caller?: TestCaller): Promise<Reply> => {
    const response = await server.inject({ url: `/api/v1${path}`, headers: headersOf(caller) });
    return { status: response.statusCode, text: response.body, json: response.json() };
  };
  return {
    database,
    posted,
    get,
    async data<Data>(path: string, caller: TestCaller) {
      const { status, json, text } = await get(path, caller);
      assert.equal(status, 200, text);
      return (json as { data: Data }).data;
    },
    async code(path, caller) {
      const { json } = await get(path, caller);
      return (json as { error: { metadata: { error_code: string } } }).error.metadata.error_code;
    },
    async payer(amount = ENOUGH) {
      const user = await posted.party();
      await posted.deposit(user, amount);
      return { user, key: await posted.key(user) };
    },
    async app(user, url, title) {
      await database.query("SELECT app_number($1, $2, $3, 1000, 1000)", [user.number, url, title]);
      const [found] = await database.query<{ number: number; site: number }>(
        "SELECT a.id AS number, s.id AS site FROM apps a JOIN app_sites s ON s.id = a.site_id WHERE s.url = $1 AND a.title = $2",
        [url, title],
      );
      assert.ok(found);
      return found;
    },
    rankApps: () => rankApps(database.query, clock, HISTORY_DAYS),
    async close() {
      await server.close();
      await database.close();
    },
  };
}

// The endpoints of money on a server of their own, with real sessions and keys, and everything behind them real too.
import assert from "node:assert/strict";
import { TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import fastify from "fastify";
import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import { systemRandom } from "@aimo-network/protocol/random";
import { createKeyRegister } from "../accounts/key-register.ts";
import { createKeyring } from "../accounts/keyring.ts";
import { bearerOf } from "../accounts/read-bearer.ts";
import { createSessions } from "../accounts/sessions.ts";
import { createGenerations } from "../activity/generations.ts";
import type { MoneyChainOptions } from "../chain/compose/test-bed/money-chain.ts";
import type { ArrivalBounds } from "../gateway/arrival-bounds.ts";
import { installErrorReplies } from "../gateway/error-reply.ts";
import { createMoneyBounds } from "../gateway/money/money-access.ts";
import { moneyRoutes } from "../gateway/money/money-routes.ts";
import { createAccountAccess, csrfTokenOf } from "../gateway/sign-in/account-access.ts";
import { routerInfoRoutes } from "../gateway/router-info.ts";
import { createLog } from "../log.ts";
import type { MoneyBed } from "./money-bed.ts";
import { openMoneyBed } from "./money-bed.ts";
import { QUIET_OBSERVER } from "./quiet-observer.ts";

/** Who calls. */
export interface MoneyCaller {
  /** A session's token, with its CSRF token unless `csrf` says otherwise. */
  readonly session?: string;
  readonly csrf?: string;
  readonly bearer?: string;
  readonly address?: string;
}

/** An answer; its numbers are as JSON has them. */
export interface MoneyAnswer<Data> {
  readonly status: number;
  readonly text: string;
  readonly data: Data;
  readonly json: unknown;
  /** Our code of an error. */
  readonly code: string | undefined;
  readonly message: string;
}

/** The endpoints, and what is behind them. */
export interface MoneyServer {
  readonly bed: MoneyBed;
  readonly server: FastifyInstance;
  /** Strangers that were counted. */
  readonly newcomers: string[];
  call<Data>(method: "GET" | "POST", path: string, caller?: MoneyCaller, body?: unknown): Promise<MoneyAnswer<Data>>;
  /** What a reply says. */
  answerOf<Data>(reply: LightMyRequestResponse): MoneyAnswer<Data>;
  /** Signs a wallet in. */
  signIn(wallet: string): Promise<string>;
}

const URL_HERE = "http://router.test";
const INFO = {
  name: "Test",
  version: "0",
  limits: {
    body_bytes_max: 1,
    requests_per_key_max: 1,
    first_byte_timeout_ms: 1,
    idle_timeout_ms: 1,
    total_timeout_ms: 1,
  },
  accepts_v1_spending: false,
};

function headersOf({ session, bearer, csrf }: MoneyCaller): Record<string, string> {
  return {
    ...(session !== undefined && {
      cookie: `aimo-session=${session}`,
      "x-csrf-token": csrf ?? csrfTokenOf(session),
    }),
    ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
  };
}

function answerOf<Data>(reply: LightMyRequestResponse): MoneyAnswer<Data> {
  const json: unknown = reply.json();
  const { data, error } = json as { data: Data; error?: { message: string; metadata: { error_code: string } } };
  const { statusCode: status, body: text } = reply;
  return { status, text, json, data, code: error?.metadata.error_code, message: error?.message ?? "" };
}

/** Starts it; nothing listens, and it closes with the test. `hasChain`: whether the router has a chain at all. */
export async function startMoneyServer(
  t: { after(close: () => Promise<void>): void },
  { hasChain = true, ...options }: MoneyChainOptions & { readonly hasChain?: boolean } = {},
): Promise<MoneyServer> {
  const bed = await openMoneyBed(t, options);
  const { clock, database } = bed.ledger;
  const log = createLog("silent");
  const sessions = createSessions({ clock, random: systemRandom, log, database });
  const rules = { routerId: bed.routerId, acceptV1Spending: false };
  const keys = createKeyring({ clock, register: createKeyRegister(database) }, rules);
  const authenticate: Parameters<typeof moneyRoutes>[0]["authenticate"] = ({ headers }, purpose) =>
    keys.authenticate(bearerOf(headers), purpose);
  const access = createAccountAccess({ sessions, authenticate, url: () => URL_HERE });
  const newcomers: string[] = [];
  const counted: ArrivalBounds = { enter: (address) => void newcomers.push(address ?? "nowhere") };
  const server = fastify();
  installErrorReplies(server, QUIET_OBSERVER);
  server.setValidatorCompiler(TypeBoxValidatorCompiler);
  const generations = createGenerations(database);
  const deps = { ...access, authenticate, clock, routerId: bed.routerId, generations, newcomers: counted };
  const money = hasChain ? { desk: bed.desk, bounds: createMoneyBounds(clock) } : undefined;
  const info = { ...INFO, router_id: bed.routerId };
  await server.register(moneyRoutes(deps, money), { prefix: "/api/v1" });
  const told = { info, url: () => URL_HERE, ...(hasChain && { chain: () => bed.desk.facts.terms() }) };
  await server.register(routerInfoRoutes(told), { prefix: "/api/v1" });
  t.after(async () => {
    sessions.close();
    await server.close();
  });
  return {
    bed,
    server,
    newcomers,
    call: async (method, path, caller = {}, body) => {
      const reply = await bed.chain.pump(
        Promise.resolve(
          server.inject({
            method,
            url: `/api/v1${path}`,
            headers: headersOf(caller),
            remoteAddress: caller.address ?? "127.0.0.1",
            ...(body !== undefined && { payload: body as object }),
          }),
        ),
      );
      return answerOf(reply);
    },
    answerOf,
    signIn: async (wallet) => {
      const token = await sessions.open({
        wallet,
        nonce: systemRandom.bytes(32),
        challengeExpiresAtMs: clock.now() + 60_000,
      });
      assert.equal((await sessions.use(token))?.wallet, wallet);
      return token;
    },
  };
}

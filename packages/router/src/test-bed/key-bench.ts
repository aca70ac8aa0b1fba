// The keys' endpoints on servers of their own, with a real ledger: as many instances as a test wants, time by hand.
import assert from "node:assert/strict";
import { TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import fastify from "fastify";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { systemRandom } from "@aimo-network/protocol/random";
import { readBearer } from "../accounts/read-bearer.ts";
import { createIssuedKeys } from "../accounts/issued-keys.ts";
import { createKeyRegister } from "../accounts/key-register.ts";
import type { Keyring } from "../accounts/keyring.ts";
import { createKeyring } from "../accounts/keyring.ts";
import { openRevocations } from "../accounts/revocations.ts";
import type { ArrivalBounds } from "../gateway/arrival-bounds.ts";
import { installErrorReplies } from "../gateway/error-reply.ts";
import { issuedKeyRoutes } from "../gateway/keys/issued-keys.ts";
import { exactNumber, JsonNumber, parseWithNumberSources } from "../gateway/json-number.ts";
import { revokeKeyRoute } from "../gateway/keys/revoke-key.ts";
import type { Database } from "../ledger/database/database.ts";
import { createLog } from "../log.ts";
import { QUIET_OBSERVER } from "./quiet-observer.ts";

/** Who calls: a bearer, or a wallet that is signed in. */
export interface KeyCaller {
  readonly bearer?: string;
  readonly session?: string;
}

/** An answer; amounts in it are as they were spelled. */
export interface KeyAnswer<Body> {
  readonly status: number;
  readonly body: Body;
  readonly text: string;
}

/** One instance of a router's keys. */
export interface KeyBench {
  readonly server: FastifyInstance;
  readonly keys: Keyring;
  call<Body>(
    method: "GET" | "POST" | "PATCH" | "DELETE",
    path: string,
    caller?: KeyCaller,
    body?: unknown,
  ): Promise<KeyAnswer<Body>>;
  close(): Promise<void>;
}

const SESSION_HEADER = "x-test-session";

/** An amount in a body to send: its characters as they are. */
export function amount(digits: string): unknown {
  return exactNumber(digits);
}

/** JSON with every number as its characters. */
function withSpelledNumbers(value: unknown): unknown {
  if (value instanceof JsonNumber) return value.source;
  if (Array.isArray(value)) return value.map(withSpelledNumbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withSpelledNumbers(member)]));
}

const ANYBODY: ArrivalBounds = { enter: () => undefined };

/** Starts an instance of the router `routerId` on a database that others may share. */
export async function startKeyBench(
  database: Database,
  clock: ManualClock,
  routerId: string,
  newcomers: ArrivalBounds = ANYBODY,
): Promise<KeyBench> {
  const keys = createKeyring({ clock, register: createKeyRegister(database) }, { routerId, acceptV1Spending: true });
  const log = createLog("silent");
  const heed: Keyring["revoke"] = (revocations) => keys.revoke(revocations);
  const revocations = await openRevocations({ database, clock, log, heed });
  const changed = (keyId: string): void => keys.forget(keyId);
  const issuedKeys = createIssuedKeys({ database, clock, random: systemRandom, changed });
  const bearerOf = ({ headers }: FastifyRequest): string | undefined => readBearer(headers.authorization);
  const accountOf = async (request: FastifyRequest, scope: "account" | "keys") => {
    const session = request.headers[SESSION_HEADER];
    if (typeof session === "string") return { wallet: session, via: "session" } as const;
    const { wallet, id } = await keys.authenticate(bearerOf(request), scope);
    return { wallet, via: "key", keyId: id } as const;
  };

  const server = fastify();
  installErrorReplies(server, QUIET_OBSERVER);
  server.setValidatorCompiler(TypeBoxValidatorCompiler);
  const routes = [
    issuedKeyRoutes({
      clock,
      issuedKeys,
      accountOf,
      authenticate: (request, purpose) => keys.authenticate(bearerOf(request), purpose),
      newcomers,
    }),
    revokeKeyRoute({
      clock,
      routerId,
      revocations,
      accountOf,
      identify: async (request) =>
        bearerOf(request) === undefined ? undefined : await keys.identify(bearerOf(request)),
      newcomers,
    }),
  ];
  for (const route of routes) await server.register(route, { prefix: "/api/v1" });
  return {
    server,
    keys,
    call: async (method, path, caller = {}, body) => {
      const headers: Record<string, string> = {};
      if (caller.bearer !== undefined) headers["authorization"] = `Bearer ${caller.bearer}`;
      if (caller.session !== undefined) headers[SESSION_HEADER] = caller.session;
      if (body !== undefined) headers["content-type"] = "application/json";
      const payload = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
      const reply = await server.inject({
        method,
        url: `/api/v1${path}`,
        headers,
        ...(payload !== undefined && { payload }),
      });
      const parsed = withSpelledNumbers(parseWithNumberSources(reply.body)) as never;
      return { status: reply.statusCode, body: parsed, text: reply.body };
    },
    async close() {
      revocations.stop();
      await server.close();
    },
  };
}

/** Checks that an answer is this error. */
export function assertCode({ body, text }: KeyAnswer<unknown>, code: string): void {
  const { error } = body as { error?: { metadata: { error_code: string } } };
  assert.equal(error?.metadata.error_code, code, text);
}

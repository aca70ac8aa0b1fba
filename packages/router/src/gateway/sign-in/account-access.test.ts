// Whose account a request is about: every way in, and every way that is shut, over a real database.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { base58 } from "@scure/base";
import fastify from "fastify";
import type { FastifyInstance, InjectOptions } from "fastify";
import { manualClock } from "@aimo-network/protocol/clock";
import type { Scope } from "@aimo-network/protocol/keys/key-content";
import { signKey } from "@aimo-network/protocol/keys/sign-key";
import { systemRandom } from "@aimo-network/protocol/random";
import { bearerOf } from "../../accounts/read-bearer.ts";
import { createKeyRegister } from "../../accounts/key-register.ts";
import { createKeyring } from "../../accounts/keyring.ts";
import type { Sessions } from "../../accounts/sessions.ts";
import { createSessions } from "../../accounts/sessions.ts";
import { createLog } from "../../log.ts";
import { QUIET_OBSERVER } from "../../test-bed/quiet-observer.ts";
import { openTestDatabase } from "../../test-bed/test-database.ts";
import { createAccountAccess, csrfTokenOf } from "./account-access.ts";
import { installErrorReplies } from "../error-reply.ts";
import { newWallet } from "../../test-bed/new-wallet.ts";

const URL_HERE = "http://router.example:8787";
const WALLET = base58.encode(systemRandom.bytes(32));
const clock = manualClock();

interface Answer {
  readonly status: number;
  readonly body: { readonly wallet?: string; readonly via?: string; readonly keyId?: string };
  readonly code?: string;
}

describe("an account", () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let sessions: Sessions;
  let server: FastifyInstance;
  let token: string;
  before(async () => {
    database = await openTestDatabase();
    sessions = createSessions({ clock, random: systemRandom, log: createLog("silent"), database });
    const challenge = { nonce: systemRandom.bytes(32), challengeExpiresAtMs: clock.now() + 1_000 };
    token = await sessions.open({ wallet: WALLET, ...challenge });
    const rules = { routerId: base58.encode(systemRandom.bytes(32)), acceptV1Spending: false };
    const keys = createKeyring({ clock, register: createKeyRegister(database) }, rules);
    server = fastify();
    installErrorReplies(server, QUIET_OBSERVER);
    const access = createAccountAccess({
      sessions,
      authenticate: ({ headers }, scope) => keys.authenticate(bearerOf(headers), scope),
      url: () => URL_HERE,
    });
    server.all("/account", (request) => access.accountOf(request, "account"));
    server.all("/keys", (request) => access.accountOf(request, "keys"));
    server.all("/session", (request) => access.requireSession(request));
  });
  after(async () => {
    sessions.close();
    await server.close();
    await database.close();
  });

  const ask = async (
    url: string,
    headers: Record<string, string>,
    method: NonNullable<InjectOptions["method"]> = "GET",
  ): Promise<Answer> => {
    const reply = await server.inject({ url, method, headers: { host: "router.example:8787", ...headers } });
    const body = reply.json<Answer["body"] & { error?: { metadata: { error_code: string } } }>();
    const code = body.error?.metadata.error_code;
    return { status: reply.statusCode, body, ...(code !== undefined && { code }) };
  };
  const cookie = (): string => `aimo-session=${token}`;
  const keyWith = (...scopes: Scope[]): Promise<string> => {
    const content = {
      version: 2,
      createdAtMs: clock.now(),
      validForMs: 60_000,
      spending: { kind: "unlimited" },
    } as const;
    return signKey(newWallet(), { ...content, scopes }, "any");
  };

  for (const scope of ["account", "keys"] as const) {
    test(`is its wallet's by a key with the scope ${scope}, which need not call models`, async () => {
      for (const headers of [
        { authorization: `Bearer ${await keyWith(scope)}` },
        { "x-api-key": await keyWith(scope, "completion_model") },
      ]) {
        const { status, body } = await ask(`/${scope}`, headers);
        assert.deepEqual([status, body.via], [200, "key"]);
        assert.match(body.keyId ?? "", /^[0-9a-f]{32}$/);
      }
    });

    test(`is not read by a key without the scope ${scope}`, async () => {
      const other = scope === "account" ? "keys" : "account";
      const bearer = await keyWith("completion_model", other);
      assert.equal((await ask(`/${scope}`, { authorization: `Bearer ${bearer}` })).code, "scope_missing");
    });
  }

  test("is its wallet's by a session", async () => {
    assert.deepEqual(await ask("/account", { cookie: cookie() }), {
      status: 200,
      body: { wallet: WALLET, via: "session" },
    });
    assert.deepEqual(await ask("/keys", { cookie: `other=1; ${cookie()}` }), {
      status: 200,
      body: { wallet: WALLET, via: "session" },
    });
  });

  test("is the key's where a request has both, and nobody's where that key is bad", async () => {
    const bearer = await keyWith("account");
    const { body } = await ask("/account", { cookie: cookie(), authorization: `Bearer ${bearer}` });
    assert.equal(body.via, "key");
    assert.equal((await ask("/account", { cookie: cookie(), authorization: "Bearer x" })).code, "malformed_key");
  });

  test("is nobody's without a key or a session", async () => {
    assert.equal((await ask("/account", {})).code, "missing_key");
    assert.equal((await ask("/account", { cookie: "other=1" })).code, "missing_key");
    assert.equal((await ask("/session", {})).code, "missing_session");
    for (const wrong of ["aimo-session=", `aimo-session=${token}x`, `__Host-${cookie()}`, "aimo-session=%E0%A4%A"]) {
      assert.equal((await ask("/session", { cookie: wrong })).code, "missing_session", wrong);
    }
  });

  for (const method of ["POST", "PUT", "PATCH", "DELETE"] as const) {
    test(`is changed by a session's ${method} only with the session's CSRF token`, async () => {
      const right = csrfTokenOf(token);
      for (const [csrf, code] of [
        [undefined, "csrf_missing"],
        ["", "csrf_missing"],
        [`${right.startsWith("A") ? "B" : "A"}${right.slice(1)}`, "csrf_missing"],
        [right.slice(1), "csrf_missing"],
        [csrfTokenOf(`${token}x`), "csrf_missing"],
        [token, "csrf_missing"],
        [right, undefined],
      ] as const) {
        const answer = await ask(
          "/account",
          { cookie: cookie(), ...(csrf !== undefined && { "x-csrf-token": csrf }) },
          method,
        );
        assert.equal(answer.code, code);
        assert.equal(answer.status, code === undefined ? 200 : 403);
      }
    });
  }

  test("needs no CSRF token by a key, which no browser sends by itself", async () => {
    assert.equal((await ask("/account", { authorization: `Bearer ${await keyWith("account")}` }, "POST")).status, 200);
  });

  for (const [headers, isOwn] of [
    [{ origin: URL_HERE }, true],
    [{ origin: "http://localhost:8787", host: "localhost:8787" }, true],
    [{ origin: "https://elsewhere.example" }, false],
    [{ origin: "http://router.example" }, false],
    [{ origin: "null" }, false],
    [{ "sec-fetch-site": "same-origin" }, true],
    [{ "sec-fetch-site": "none" }, true],
    [{ "sec-fetch-site": "same-site" }, false],
    [{ "sec-fetch-site": "cross-site" }, false],
    [{ "sec-fetch-site": "cross-site", origin: URL_HERE }, false],
  ] as const) {
    test(`is ${isOwn ? "" : "not "}read by a session from a page that says ${JSON.stringify(headers)}`, async () => {
      const { code } = await ask("/account", { cookie: cookie(), ...headers });
      assert.equal(code, isOwn ? undefined : "missing_session");
      const change = { cookie: cookie(), "x-csrf-token": csrfTokenOf(token), ...headers };
      assert.equal((await ask("/account", change, "POST")).code, isOwn ? undefined : "missing_session");
    });
  }
});

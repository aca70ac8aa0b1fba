// Keys on whole routers: a person signs in, issues one, it pays for an answer; it is revoked, and every instance follows.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { base58 } from "@scure/base";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock, sleep, systemClock } from "@aimo-network/protocol/clock";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import type { ScriptedCall } from "./test-bed/scripted-provider.ts";
import { connectProvider, plainOffer } from "./test-bed/scripted-provider.ts";
import { addressOf } from "./test-bed/test-keys.ts";
import { testDatabase } from "./test-bed/test-database.ts";
import type { TestRouter } from "./test-bed/test-router.ts";
import { startTestRouter } from "./test-bed/test-router.ts";
import { newWallet } from "./test-bed/new-wallet.ts";

const ASK = { model: "m", messages: [{ role: "user", content: "hello" }], max_tokens: 10 };

function answer(call: ScriptedCall): void {
  call.respond(200, { "content-type": "application/json" });
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  call.write(
    JSON.stringify({ choices: [{ index: 0, message: { content: "good day" }, finish_reason: "stop" }], usage }),
  );
  call.end();
}

interface Answer {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

async function ask(router: TestRouter, method: string, path: string, headers: object, body?: unknown): Promise<Answer> {
  const response = await fetch(`${router.url}${path}`, {
    method,
    headers: { ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

function codeOf({ json }: Answer): string | undefined {
  return (json["error"] as { metadata: { error_code: string } } | undefined)?.metadata.error_code;
}

/** Signs in the way a page does; gives the headers of its further requests. */
async function signIn(router: TestRouter, wallet: Wallet): Promise<Record<string, string>> {
  const address = addressOf(wallet);
  const { json } = await ask(router, "POST", "/api/v1/auth/challenge", {}, { address });
  const message = String(json["message"]);
  const signature = base58.encode(await wallet.sign(Buffer.from(message)));
  const response = await fetch(`${router.url}/api/v1/auth/login`, {
    method: "POST",
    body: JSON.stringify({ address, message, signature }),
  });
  const session = (await response.json()) as { csrf_token: string };
  const [cookie = ""] = (response.headers.get("set-cookie") ?? "").split(";");
  return { cookie, "x-csrf-token": session.csrf_token };
}

describe("a person who is signed in", () => {
  let router: TestRouter;
  before(async () => (router = await startTestRouter()));
  after(() => router.close());

  test("issues a key that pays for an answer, sees what it cost, and deletes it", async (t) => {
    const provider = await connectProvider(router.url, await router.key(), answer);
    t.after(() => provider.close());
    await provider.offer([plainOffer("m")]);
    const wallet = newWallet();
    await router.fund(wallet, "1");
    const session = await signIn(router, wallet);
    const settings = { name: "shop", limit: 0.5, allowed_models: ["community/m"] };
    const made = await ask(router, "POST", "/api/v1/keys", session, settings);
    assert.equal(made.status, 201, JSON.stringify(made.json));
    const { key, data } = made.json as unknown as { key: string; data: { hash: string } };

    const response = await router.chat(key, ASK);
    assert.equal(response.status, 200);
    const { usage } = (await response.json()) as { usage: { cost: number } };
    assert.equal(usage.cost, 0.000007);
    const own = await ask(router, "GET", "/v1/key", { authorization: `Bearer ${key}` });
    const { usage: used, limit_remaining: left } = own.json["data"] as { usage: number; limit_remaining: number };
    assert.deepEqual([used, left], [0.000007, 0.499993]);

    assert.equal((await ask(router, "PATCH", `/api/v1/keys/${data.hash}`, session, { limit: "0.000007" })).status, 200);
    assert.equal(codeOf(await chat(router, key)), "key_limit_exceeded");
    const otherModels = { limit: null, allowed_models: ["acme/other"] };
    assert.equal((await ask(router, "PATCH", `/api/v1/keys/${data.hash}`, session, otherModels)).status, 200);
    assert.equal(codeOf(await chat(router, key)), "model_not_allowed");
    assert.equal((await ask(router, "DELETE", `/api/v1/keys/${data.hash}`, session)).status, 200);
    assert.equal(codeOf(await chat(router, key)), "key_unknown");
  });

  test("issues none without the session's CSRF token", async () => {
    const { cookie } = await signIn(router, newWallet());
    assert.equal(codeOf(await ask(router, "POST", "/api/v1/keys", { cookie }, { name: "a" })), "csrf_missing");
  });
});

const chat = async (router: TestRouter, key: string): Promise<Answer> => {
  const response = await router.chat(key, ASK);
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
};

describe("of two routers on one ledger", () => {
  const directory = mkdtempSync(join(tmpdir(), "aimo-twins-"));
  let clock: ManualClock;
  let told: TestRouter;
  let other: TestRouter;
  before(async () => {
    clock = manualClock(systemClock.now());
    const twins = { AIMO_DATA_DIR: directory, DATABASE_URL: await testDatabase() };
    told = await startTestRouter(twins);
    other = await startTestRouter(twins, clock);
  });
  after(async () => {
    await told.close();
    await other.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Lets the other router look for revocations until what is waited for has come: a look that was under way may have missed it. */
  const follow = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await isSo())) {
      clock.advance(400);
      await sleep(systemClock, 20);
    }
  };

  test("the one refuses within a second what is revoked at the other, and closes the link that the key has opened", async () => {
    const wallet = newWallet();
    const bearer = await told.key({}, wallet);
    const provider = await connectProvider(other.url, bearer, answer);
    await provider.offer([plainOffer("twin")]);
    const payer = await told.key();
    assert.equal((await other.chat(payer, { ...ASK, model: "twin" })).status, 200);
    const closed = once(provider.socket, "close");

    assert.equal(
      (await ask(told, "POST", "/api/v1/keys/revoke", { authorization: `Bearer ${bearer}` }, {})).status,
      200,
    );
    assert.equal(codeOf(await ask(told, "GET", "/api/v1/key", { authorization: `Bearer ${bearer}` })), "key_revoked");
    await follow(
      async () =>
        codeOf(await ask(other, "GET", "/api/v1/key", { authorization: `Bearer ${bearer}` })) === "key_revoked",
    );
    assert.equal(codeOf(await chat(other, payer)), "model_not_found", "its offers are gone at once");
    clock.advance(100);
    const [code, reason] = (await closed) as [number, Buffer];
    assert.deepEqual([code, reason.toString()], [1008, "key revoked"]);
    assert.ok(provider.messages.some(({ name, message }) => name === "notice" && message.code === "key_revoked"));
  });

  test("both let a request that runs end, and close the link five seconds after its key at the latest", async () => {
    const bearer = await told.key();
    const calls: ScriptedCall[] = [];
    const provider = await connectProvider(other.url, bearer, (call) => void calls.push(call));
    await provider.offer([plainOffer("slow")]);
    const running = other.chat(await told.key(), { ...ASK, model: "slow" });
    while (calls.length < 1) await setImmediate(); // two requests sent at once may arrive the other way round
    const stuck = other.chat(await told.key(), { ...ASK, model: "slow" });
    while (calls.length < 2) await setImmediate();
    const closed = once(provider.socket, "close");
    await ask(told, "POST", "/api/v1/keys/revoke", { authorization: `Bearer ${bearer}` }, {});
    await follow(() => provider.messages.some(({ name }) => name === "drain"));
    if (calls[0] !== undefined) answer(calls[0]);
    assert.equal((await running).status, 200);
    assert.equal(provider.socket.readyState, provider.socket.OPEN);
    clock.advance(4_500);
    await closed;
    assert.equal((await stuck).status, 502);
  });
});

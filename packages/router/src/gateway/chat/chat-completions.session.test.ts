// The console's playground: a signed-in person pays without a key, and nobody else's page can make them pay.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { consoleKeyId } from "../../accounts/console-keys.ts";
import { CONSOLE_REQUESTS_MAX } from "../../limits.ts";
import type { AuthClient, AuthReply } from "../../test-bed/auth-server.ts";
import { browserAt } from "../../test-bed/auth-server.ts";
import { newWallet } from "../../test-bed/new-wallet.ts";
import { sendRaw } from "../../test-bed/raw-request.ts";
import type { ScriptedCall, ScriptedProvider } from "../../test-bed/scripted-provider.ts";
import { connectProvider, plainOffer } from "../../test-bed/scripted-provider.ts";
import { addressOf } from "../../test-bed/test-keys.ts";
import type { TestRouter } from "../../test-bed/test-router.ts";
import { startTestRouter } from "../../test-bed/test-router.ts";

const CHAT = "/chat/completions";
const ASK = { model: "m", messages: [{ role: "user", content: "hello" }], max_tokens: 10 };
const JSON_ANSWER = JSON.stringify({
  choices: [{ index: 0, message: { role: "assistant", content: "good day" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
});
const COST = "0.000007"; // 3 tokens for 1 and 2 for 2 USDC per million
const STREAM = `data: {"choices":[{"delta":{"content":"good day"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}\n\ndata: [DONE]\n\n`;

function answer(call: ScriptedCall): void {
  const isStream = call.head.stream;
  call.respond(200, { "content-type": isStream ? "text/event-stream" : "application/json" });
  call.write(isStream ? STREAM : JSON_ANSWER);
  call.end();
}

const AGED = `UPDATE sessions SET created_at = created_at - interval '8 days', used_at = used_at - interval '8 days',
  expires_at = expires_at - interval '8 days' WHERE wallet = $1`;

interface Person {
  readonly wallet: Wallet;
  readonly browser: AuthClient;
  readonly csrf: Readonly<Record<string, string>>;
}

describe("a signed-in person", () => {
  let router: TestRouter;
  let provider: ScriptedProvider;
  let person: Person;
  let answering: (call: ScriptedCall) => void;
  before(async () => {
    router = await startTestRouter();
    provider = await connectProvider(router.url, await router.key(), (call) => answering(call));
    await provider.offer([plainOffer("m")]);
  });
  after(async () => {
    await provider.close();
    await router.close();
  });
  const signedIn = async (usdc: string, wallet: Wallet = newWallet()): Promise<Person> => {
    await router.fund(wallet, usdc);
    const browser = browserAt(router.url);
    const { json } = await browser.signIn(wallet);
    return { wallet, browser, csrf: { "x-csrf-token": String(json["csrf_token"]) } };
  };
  beforeEach(async () => {
    answering = answer;
    person = await signedIn("1");
  });
  afterEach(() => void provider.calls.splice(0));
  const chat = (more: object = {}, headers: object = {}, { browser, csrf } = person): Promise<AuthReply> =>
    browser.send("POST", CHAT, { ...ASK, ...more }, { ...csrf, ...headers });
  const generationOf = async (id: string | null): Promise<Record<string, unknown>> => {
    const { json } = await person.browser.send("GET", `/generation?id=${id}`);
    return json["data"] as Record<string, unknown>;
  };

  test("is answered and pays exactly what it costs, by a key of the wallet's that nobody holds", async () => {
    const { status, json, headers } = await chat();
    assert.equal(status, 200, JSON.stringify(json));
    assert.equal(headers.get("x-aimo-cost"), COST);
    assert.equal(headers.get("cache-control"), "no-store");
    const generation = await generationOf(headers.get("x-generation-id"));
    const keyId = consoleKeyId(addressOf(person.wallet));
    assert.deepEqual([generation["cost"], generation["key_id"], generation["model"]], [COST, keyId, "community/m"]);
    const balance = (await person.browser.send("GET", "/account/balance")).json["data"] as Record<string, string>;
    assert.deepEqual([balance["available"], balance["locked"], balance["payable"]], ["0.999993", "0", COST]);
    const rows = await router.database.query("SELECT name, expires_at, secret_hash FROM keys WHERE key_id = $1", [
      Buffer.from(keyId, "hex"),
    ]);
    assert.deepEqual(rows, [{ name: "console", expires_at: Infinity, secret_hash: null }]);
  });

  test("is streamed to, below both base paths", async () => {
    const url = `${router.url}/v1${CHAT}`;
    const headers = { cookie: person.browser.cookie ?? "", ...person.csrf };
    const body = JSON.stringify({ ...ASK, stream: true });
    const response = await fetch(url, { method: "POST", headers, body });
    const text = await response.text();
    assert.match(text, /good day/);
    assert.match(text, /"cost":0\.000007/);
    assert.match(text, /data: \[DONE\]\n\n$/);
    const generation = await generationOf(response.headers.get("x-generation-id"));
    assert.deepEqual([generation["cost"], generation["streamed"]], [COST, true]);
  });

  test("is one payer in all browsers: an idempotency key counts once", async () => {
    const other = await signedIn("1", person.wallet);
    const key = { "idempotency-key": "once" };
    const first = await chat({}, key);
    assert.equal(first.status, 200);
    const second = await chat({}, key, other);
    assert.deepEqual([second.status, second.code], [409, "already_answered"]);
    assert.equal((await chat({}, key, await signedIn("1"))).status, 200); // another wallet's is another
  });

  test("without money is told so, and with too little", async () => {
    assert.equal((await chat({}, {}, await signedIn("0"))).code, "escrow_not_opened");
    assert.equal((await chat({}, {}, await signedIn("0.000001"))).code, "insufficient_balance");
    assert.equal(provider.calls.length, 0);
  });

  test("pays by the key where the request has one as well", async () => {
    const key = await router.key({}, person.wallet);
    const { headers } = await chat({}, { authorization: `Bearer ${key}`, "x-csrf-token": "none" });
    const generation = await generationOf(headers.get("x-generation-id"));
    assert.notEqual(generation["key_id"], consoleKeyId(addressOf(person.wallet)));
    assert.equal((await chat({}, { authorization: "Bearer nonsense" })).code, "malformed_key");
  });

  for (const [what, headers, code] of [
    ["no CSRF token", {}, "csrf_missing"],
    ["another CSRF token", { "x-csrf-token": "A".repeat(43) }, "csrf_missing"],
    ["another site's origin", { origin: "https://elsewhere.example" }, "missing_session"],
    ["no origin that anybody knows", { origin: "null" }, "missing_session"],
    ["another site's page", { "sec-fetch-site": "cross-site" }, "missing_session"],
    ["a neighbour's page", { "sec-fetch-site": "same-site" }, "missing_session"],
  ] as const) {
    test(`is refused before the body is read with ${what}`, async () => {
      const token = code === "csrf_missing" ? {} : person.csrf;
      const lines = Object.entries({ cookie: person.browser.cookie, ...token, ...headers });
      const head = [
        `POST /api/v1${CHAT} HTTP/1.1`,
        "host: router.example",
        "connection: close",
        "content-type: text/plain", // what a form of another site can send
        "content-length: 1000000",
        ...lines.map(([name, value]) => `${name}: ${value}`),
      ];
      const reply = await sendRaw(router.url, `${head.join("\r\n")}\r\n\r\n`); // and nothing of the body
      assert.equal(reply.status, code === "csrf_missing" ? 403 : 401);
      assert.match(reply.body, new RegExp(code));
      assert.equal(provider.calls.length, 0);
    });
  }

  test("is nobody any more when signed out, and without the cookie", async () => {
    const cookie = person.browser.cookie ?? "";
    await person.browser.send("POST", "/auth/logout", undefined, person.csrf);
    assert.equal((await chat({}, { cookie })).code, "missing_session");
    assert.equal((await chat()).code, "missing_key");
    assert.equal(provider.calls.length, 0);
  });

  for (const [what, end] of [
    ["signs out", () => person.browser.send("POST", "/auth/logout", undefined, person.csrf)],
    ["has a session that ends", () => router.database.query(AGED, [person.wallet.publicKey])],
  ] as const) {
    test(`who ${what} while the body is on its way is not answered`, async () => {
      const socket = connect(Number(new URL(router.url).port), "127.0.0.1");
      const body = JSON.stringify(ASK);
      const half = body.length >> 1;
      let received = "";
      socket.on("data", (bytes) => (received += bytes.toString()));
      const head = [
        `POST /api/v1${CHAT} HTTP/1.1`,
        "host: router.example",
        "connection: close",
        `cookie: ${person.browser.cookie}`,
        `x-csrf-token: ${person.csrf["x-csrf-token"]}`,
        "expect: 100-continue",
        `content-length: ${body.length}`,
      ];
      socket.write(`${head.join("\r\n")}\r\n\r\n${body.slice(0, half)}`);
      await once(socket, "data"); // 100 Continue: its headers have been read
      const known = async (): Promise<readonly unknown[]> =>
        await router.database.query("SELECT 1 FROM keys WHERE key_id = $1", [
          Buffer.from(consoleKeyId(addressOf(person.wallet)), "hex"),
        ]);
      while ((await known()).length === 0); // let in: its session was good
      await end();
      socket.write(body.slice(half));
      await once(socket, "close");
      assert.match(received, /HTTP\/1\.1 401 [^]*missing_session/);
      assert.equal(provider.calls.length, 0);
    });
  }

  test("who signs out while an answer comes gets all of it, and pays", async () => {
    let call: ScriptedCall | undefined;
    let ask: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (ask = resolve));
    answering = (one) => {
      call = one;
      ask();
    };
    const cookie = person.browser.cookie ?? "";
    const answered = chat({}, { cookie });
    await asked;
    await person.browser.send("POST", "/auth/logout", undefined, person.csrf);
    answer(call ?? assert.fail("nobody was asked"));
    assert.equal((await answered).headers.get("x-aimo-cost"), COST);
  });

  test("has so many requests at once in all browsers, and others have theirs", async () => {
    const calls: ScriptedCall[] = [];
    let count: () => void = () => undefined;
    const all = new Promise<void>((resolve) => (count = resolve));
    answering = (call) => {
      calls.push(call);
      if (calls.length === CONSOLE_REQUESTS_MAX) count();
    };
    const running = Array.from({ length: CONSOLE_REQUESTS_MAX }, () => chat());
    await all;
    const further = await chat({}, {}, await signedIn("1", person.wallet));
    assert.deepEqual([further.status, further.code], [429, "too_many_concurrent"]);
    assert.match(further.message ?? "", new RegExp(`${CONSOLE_REQUESTS_MAX} requests running`));
    answering = answer;
    assert.equal((await chat({}, {}, await signedIn("1"))).status, 200);
    const key = await router.key({}, person.wallet);
    assert.equal((await router.chat(key, ASK)).status, 200); // the wallet's keys have theirs too
    for (const call of calls) answer(call);
    for (const { status } of await Promise.all(running)) assert.equal(status, 200);
    assert.equal((await chat()).status, 200);
  });

  test("cannot revoke what is no key", async () => {
    assert.equal((await chat()).status, 200);
    const body = { key_id: consoleKeyId(addressOf(person.wallet)) };
    const { code, message } = await person.browser.send("POST", "/keys/revoke", body, person.csrf);
    assert.equal(code, "invalid_request");
    assert.match(message ?? "", /what the console may do ends with its sessions/);
    assert.equal((await chat()).status, 200);
  });
});

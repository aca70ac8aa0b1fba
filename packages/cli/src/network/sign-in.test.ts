// Signing in: what a session sends, and every text of a router that a wallet does not sign.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { base58 } from "@scure/base";
import { manualClock } from "@aimo-network/protocol/clock";
import { verifyText } from "@aimo-network/protocol/keys/ed25519";
import { keyMessage } from "@aimo-network/protocol/keys/key-message";
import { keyOfSeed, walletOfKey } from "@aimo-network/protocol/keys/wallet-key";
import type { SignInFields } from "@aimo-network/protocol/sign-in/sign-in-message";
import { signInMessage } from "@aimo-network/protocol/sign-in/sign-in-message";
import { faultOf, openReadingBed } from "../test-bed/reading-bed.ts";
import type { Answer, ScriptedRouter } from "../test-bed/scripted-router.ts";
import { replyWith, ROUTER_ID, startScriptedRouter } from "../test-bed/scripted-router.ts";
import type { CommandWallet } from "../wallet/open-wallet.ts";
import { RouterClient } from "./router-client.ts";
import type { Session } from "./sign-in.ts";
import { signIn } from "./sign-in.ts";

const NOW_MS = Date.parse("2026-11-23T07:00:00.000Z");
const at = (offsetMs: number): string => new Date(NOW_MS + offsetMs).toISOString();
const key = (await walletOfKey(await keyOfSeed(new Uint8Array(32).fill(7))))!;
const CHALLENGE = "/api/v1/auth/challenge";
const LOGIN = "/api/v1/auth/login";

/** Reads a request's JSON, then answers. */
function reading(seen: (body: Record<string, string>) => object, headers: Record<string, string> = {}): Answer {
  return (request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      response.writeHead(200, { "content-type": "application/json", ...headers });
      response.end(JSON.stringify(seen(JSON.parse(Buffer.concat(pieces).toString()) as Record<string, string>)));
    });
  };
}

interface Desk {
  readonly router: ScriptedRouter;
  /** What the wallet was asked to sign. */
  readonly signed: string[];
  enter(url?: string): Promise<Session>;
  /** Lets the router answer with this text. */
  challengeWith(message: string): void;
  textFor(change?: Partial<SignInFields>): string;
}

async function openDesk(t: TestContext): Promise<Desk> {
  const { context } = openReadingBed(t, { clock: manualClock(NOW_MS) });
  const signed: string[] = [];
  const wallet: CommandWallet = {
    wallet: {
      publicKey: key.publicKey,
      sign(message) {
        signed.push(new TextDecoder().decode(message));
        return key.sign(message);
      },
    },
    address: key.address,
    file: "wallet.json",
  };
  const router = await startScriptedRouter(t);
  const { host, origin } = new URL(router.url);
  const textFor: Desk["textFor"] = (change = {}) =>
    signInMessage({
      ...{ domain: host, address: key.address, statement: "Sign in.", uri: origin, version: "1" },
      ...{ nonce: "oBbLoEldZs", issuedAt: at(0), expirationTime: at(300_000), ...change },
    });
  const challengeWith = (message: string): void => void (router.answers[CHALLENGE] = { message });
  challengeWith(textFor());
  router.answers[LOGIN] = reading(() => ({ csrf_token: "token-1" }), {
    "set-cookie": "aimo-session=secret.1; Max-Age=86400; Path=/; HttpOnly; SameSite=Strict",
  });
  const enter = (url = router.url): Promise<Session> => signIn(context, new RouterClient(url, context), wallet);
  return { router, signed, enter, challengeWith, textFor };
}

test("the wallet signs the router's text, and the session sends its cookie and its token until it is ended", async (t) => {
  const { router, signed, enter, textFor } = await openDesk(t);
  let login: Record<string, string> = {};
  const answerLogin = (body: Record<string, string>): object => {
    login = body;
    return { csrf_token: "token-1" };
  };
  router.answers[LOGIN] = reading(answerLogin, {
    "set-cookie": "aimo-session=secret.1; Path=/; HttpOnly; SameSite=Strict",
  });
  const session = await enter();
  assert.deepEqual(signed, [textFor()]);
  assert.deepEqual([login["address"], login["message"]], [key.address, textFor()]);
  assert.equal(await verifyText(key.publicKey, textFor(), base58.decode(login["signature"] ?? "")), true);
  const sent: (readonly [string | undefined, string | undefined, unknown, unknown])[] = [];
  const note: Answer = (request, response) => {
    const { cookie } = request.headers;
    sent.push([request.method, request.url, cookie, request.headers["x-csrf-token"]]);
    replyWith(200, { good: true })(request, response);
  };
  router.answers["/api/v1/thing"] = note;
  router.answers["/api/v1/auth/logout"] = note;
  assert.deepEqual(await session.call("/api/v1/thing", { body: { x: 1 } }), { good: true });
  await session.end();
  assert.deepEqual(sent, [
    ["POST", "/api/v1/thing", "aimo-session=secret.1", "token-1"],
    ["POST", "/api/v1/auth/logout", "aimo-session=secret.1", "token-1"],
  ]);
});

test("a cookie of an https router is sent by its own name", async (t) => {
  const { router, enter } = await openDesk(t);
  router.answers[LOGIN] = reading(() => ({ csrf_token: "t" }), { "set-cookie": "__Host-aimo-session=s; Secure" });
  let cookie: unknown;
  router.answers["/x"] = (request, response) => {
    cookie = request.headers.cookie;
    replyWith(200, {})(request, response);
  };
  await (await enter()).call("/x");
  assert.equal(cookie, "__Host-aimo-session=s");
});

test("a text that is for another place, wallet or time is not signed", async (t) => {
  const { signed, enter, challengeWith, textFor } = await openDesk(t);
  for (const [text, why] of [
    [textFor({ domain: "router.example" }), /it asks to sign in at router\.example; nothing was signed/],
    [textFor({ domain: "127.0.0.1:1" }), /it asks to sign in at 127\.0\.0\.1:1; nothing was signed/],
    [textFor({ uri: "https://router.example" }), /URI/],
    [textFor({ address: ROUTER_ID }), /another wallet/],
    [textFor({ expirationTime: at(0) }), /expired/],
    [textFor({ issuedAt: at(300_001) }), /in the future/],
  ] as const) {
    challengeWith(text);
    const fault = await faultOf(enter());
    assert.match(fault.why ?? "", why);
    assert.equal(fault.code, "bad_login");
  }
  challengeWith(textFor({ expirationTime: at(1), issuedAt: at(300_000) }));
  assert.equal(signed.length, 0);
  await enter();
  assert.equal(signed.length, 1);
});

test("a text that is no login, such as that of a key, is not signed", async (t) => {
  const { signed, enter, challengeWith } = await openDesk(t);
  const content = { createdAtMs: NOW_MS, validForMs: 1_000, spending: { kind: "unlimited" }, scopes: [] } as const;
  for (const text of [keyMessage({ version: 2, ...content }, ROUTER_ID), "", "Sign here, please.\u001B[2J"]) {
    challengeWith(text);
    assert.match((await faultOf(enter())).why ?? "", /something else than a login; nothing was signed/);
  }
  assert.equal(signed.length, 0);
});

test("this machine's router may be called by any of this machine's names", async (t) => {
  const { router, signed, enter, challengeWith, textFor } = await openDesk(t);
  const port = new URL(router.url).port;
  const domain = `localhost:${port}`;
  challengeWith(textFor({ domain, uri: `http://${domain}` }));
  await enter();
  assert.equal(signed.length, 1);
});

test("a refusal, and an answer that is no router's, are told", async (t) => {
  const { router, enter } = await openDesk(t);
  router.answers[LOGIN] = replyWith(401, {
    error: { message: "It was used before.", metadata: { error_code: "bad_login" } },
  });
  const refused = await faultOf(enter());
  assert.deepEqual([refused.why, refused.reason, refused.code], ["It was used before.", "wallet", "bad_login"]);
  router.answers[LOGIN] = reading(() => ({ csrf_token: "t" }));
  assert.match((await faultOf(enter())).why ?? "", /is not a router's/);
  router.answers[LOGIN] = reading(() => ({ csrf_token: "a\r\nb" }), { "set-cookie": "aimo-session=s" });
  assert.match((await faultOf(enter())).why ?? "", /is not a router's/);
  router.answers[CHALLENGE] = { text: "nothing" };
  assert.match((await faultOf(enter())).why ?? "", /challenge is not what a router answers/);
});

test("a session that cannot be ended is no fault", async (t) => {
  const { router, enter } = await openDesk(t);
  router.answers["/api/v1/auth/logout"] = replyWith(500, {});
  await (await enter()).end();
});

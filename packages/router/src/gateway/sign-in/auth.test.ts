// Signing in over HTTP with real signatures and a real database: the whole way in, and all that is shut out.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { base58, base64 } from "@scure/base";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { parseSignInMessage, signInMessage } from "@aimo-network/protocol/sign-in/sign-in-message";
import type { TransactionParts } from "@aimo-network/protocol/test-bed/memo-transaction-bytes";
import { transactionBytes, transactionMessage } from "@aimo-network/protocol/test-bed/memo-transaction-bytes";
import { LOGIN_CHALLENGE_MS, SESSION_IDLE_MS, SESSION_MS } from "../../limits.ts";
import type { AuthClient, AuthReply, AuthServer, AuthServerOptions } from "../../test-bed/auth-server.ts";
import { startAuthServer } from "../../test-bed/auth-server.ts";
import { openTestDatabase } from "../../test-bed/test-database.ts";
import { newWallet } from "../../test-bed/new-wallet.ts";

const addressOf = ({ publicKey }: Wallet): string => base58.encode(publicKey);

describe("signing in", () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let clock: ManualClock;
  let server: AuthServer;
  let client: AuthClient;
  let others: AuthServer[];
  const wallet = newWallet();
  beforeEach(async () => {
    database = await openTestDatabase();
    clock = manualClock();
    server = await startAuthServer(database, clock);
    client = server.client();
    others = [];
  });
  afterEach(async () => {
    for (const one of [server, ...others]) await one.close();
    await database.close();
  });

  const another = async (options?: AuthServerOptions): Promise<AuthServer> => {
    const one = await startAuthServer(database, clock, options);
    others.push(one);
    return one;
  };
  const logIn = async (message: string, signer = wallet, address = addressOf(wallet)): Promise<AuthReply> => {
    const signature = base58.encode(await signer.sign(Buffer.from(message)));
    return await client.send("POST", "/auth/login", { address, message, signature });
  };
  const logInByMemo = async (parts: Partial<TransactionParts>, signer = wallet): Promise<AuthReply> => {
    const memo = (await client.challenge(addressOf(wallet))).message;
    const message = transactionMessage({ signer: signer.publicKey, memo, ...parts });
    const transaction = base64.encode(transactionBytes(message, await signer.sign(message)));
    return await client.send("POST", "/auth/login", { transaction });
  };
  const assertRefused = ({ status, code, message, headers }: AuthReply, words: RegExp): void => {
    assert.deepEqual([status, code], [401, "bad_login"]);
    assert.match(message ?? "", words);
    assert.equal(headers.get("set-cookie"), null);
  };

  test("asks for a text that names this router, the wallet and its five minutes, as fields and as it is signed", async () => {
    const { input, message, expires_at } = await client.challenge(addressOf(wallet));
    const { nonce = "", ...rest } = input;
    assert.match(nonce, /^[1-9A-HJ-NP-Za-km-z]{32,44}$/);
    assert.deepEqual(rest, {
      domain: new URL(server.url).host,
      address: addressOf(wallet),
      statement: "Sign in to this router of AiMo Network. Nothing is sent to the chain, and nothing is paid.",
      uri: server.url,
      version: "1",
      issuedAt: new Date(clock.now()).toISOString(),
      expirationTime: new Date(clock.now() + LOGIN_CHALLENGE_MS).toISOString(),
    });
    assert.equal(message, signInMessage(input as never));
    assert.equal(expires_at, input["expirationTime"]);
    assert.notEqual((await client.challenge(addressOf(wallet))).message, message);
  });

  test("opens a session that ends with signing out", async () => {
    const reply = await client.signIn(wallet);
    assert.equal(reply.status, 200, reply.text);
    const { csrf_token: csrf, ...rest } = reply.json;
    assert.deepEqual(rest, {
      wallet: addressOf(wallet),
      expires_at: new Date(clock.now() + SESSION_MS).toISOString(),
      idle_expires_at: new Date(clock.now() + SESSION_IDLE_MS).toISOString(),
    });
    assert.equal(reply.headers.get("cache-control"), "no-store");
    assert.deepEqual((await client.send("GET", "/auth/session")).json, reply.json);
    assert.deepEqual((await client.send("GET", "/account")).json, { wallet: addressOf(wallet), via: "session" });

    assert.equal((await client.send("POST", "/auth/logout")).code, "csrf_missing");
    assert.equal((await client.send("POST", "/auth/logout", undefined, { "x-csrf-token": "x" })).code, "csrf_missing");
    const kept = client.cookie;
    const out = await client.send("POST", "/auth/logout", undefined, { "x-csrf-token": String(csrf) });
    assert.deepEqual([out.status, out.text], [204, ""]);
    assert.match(out.headers.get("set-cookie") ?? "", /^aimo-session=; Max-Age=0; Path=\/; HttpOnly; SameSite=Strict$/);
    client.cookie = kept;
    assert.equal((await client.send("GET", "/auth/session")).code, "missing_session");
  });

  test("gives a cookie that no script reads and no other site sends", async () => {
    const { headers } = await client.signIn(wallet);
    assert.match(
      headers.get("set-cookie") ?? "",
      /^aimo-session=[A-Za-z0-9_-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    const secure = (await another({ publicUrl: "https://router.example" })).client();
    const reply = await secure.signIn(wallet);
    assert.match(
      reply.headers.get("set-cookie") ?? "",
      /^__Host-aimo-session=[A-Za-z0-9_-]{43}; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    assert.equal((await secure.send("GET", "/auth/session")).status, 200);
  });

  test("is seen by another instance on the same database, and so is signing out", async () => {
    const { json } = await client.signIn(wallet);
    const elsewhere = (await another()).client();
    elsewhere.cookie = client.cookie;
    assert.deepEqual((await elsewhere.send("GET", "/auth/session")).json, json);
    await elsewhere.send("POST", "/auth/logout", undefined, { "x-csrf-token": String(json["csrf_token"]) });
    assert.equal((await client.send("GET", "/auth/session")).code, "missing_session");
  });

  test("answers another instance's challenge, where both are one router", async () => {
    const publicUrl = "https://router.example";
    const [one, two] = [await another({ publicUrl }), await another({ publicUrl })];
    const { message } = await one.client().challenge(addressOf(wallet));
    client = two.client();
    assert.equal((await logIn(message)).status, 200);
    client = one.client();
    assertRefused(await logIn(message), /answered before/);
  });

  test("in again ends the session that the browser had", async () => {
    await client.signIn(wallet);
    const kept = client.cookie;
    await client.signIn(wallet);
    assert.equal((await client.send("GET", "/auth/session")).status, 200);
    client.cookie = kept;
    assert.equal((await client.send("GET", "/auth/session")).code, "missing_session");
  });

  for (const [offMs, isOpen] of [
    [-1, true],
    [0, false],
    [1, false],
  ] as const) {
    test(`is ${isOpen ? "possible" : "too late"} ${offMs} ms from the challenge's end`, async () => {
      const { message } = await client.challenge(addressOf(wallet));
      clock.advance(LOGIN_CHALLENGE_MS + offMs);
      const reply = await logIn(message);
      if (isOpen) assert.equal(reply.status, 200, reply.text);
      else assertRefused(reply, /the challenge expired at 20\S+Z\. Ask for a new one/);
    });

    test(`lasts ${isOpen ? "still" : "no longer"} ${offMs} ms from its idle end`, async () => {
      await client.signIn(wallet);
      clock.advance(SESSION_IDLE_MS + offMs);
      const { status, code } = await client.send("GET", "/auth/session");
      assert.deepEqual([status, code], isOpen ? [200, undefined] : [401, "missing_session"]);
    });
  }

  test("answers a challenge once", async () => {
    const { message } = await client.challenge(addressOf(wallet));
    assert.equal((await logIn(message)).status, 200);
    assertRefused(await logIn(message), /answered before/);
    assert.equal((await client.send("GET", "/auth/session")).status, 200, "the first login stands");
  });

  describe("is refused", () => {
    for (const [what, change, words] of [
      ["at another router's domain", { domain: "evil.example" }, /is for evil\.example, this router is 127\.0\.0\.1/],
      ["with another URI", { uri: "https://evil.example" }, /URI is not http/],
      ["with a made-up nonce", { nonce: "oBbLoEldZsoBbLoEldZsoBbLoEldZs" }, /not one that this router asked for/],
      [
        "with a nonce of the right length",
        { nonce: base58.encode(new Uint8Array(32).fill(9)) },
        /not one that this router/,
      ],
      ["with a nonce of other letters", { nonce: "0".repeat(43) }, /not one that this router/],
      ["with another statement", { statement: "Sign in." }, /not one that this router asked for/],
      ["with a longer life", { expirationTime: "2099-01-01T00:00:00.000Z" }, /not one that this router asked for/],
      ["with a resource that was not asked for", { resources: ["https://a.example"] }, /not one that this router/],
      ["without its nonce", { nonce: undefined }, /lacks its nonce/],
    ] as const) {
      test(what, async () => {
        const { message } = await client.challenge(addressOf(wallet));
        const tampered = signInMessage({ ...parseSignInMessage(message), ...(change as object) });
        assertRefused(await logIn(tampered), words);
      });
    }

    test("with a challenge of a router with another secret", async () => {
      const publicUrl = "https://router.example";
      const [ours, theirs] = [await another({ publicUrl }), await another({ publicUrl, secret: "of another" })];
      const { message } = await theirs.client().challenge(addressOf(wallet));
      client = ours.client();
      assertRefused(await logIn(message), /not one that this router asked for/);
    });

    test("with another wallet's signature, under either's address", async () => {
      const stranger = newWallet();
      const { message } = await client.challenge(addressOf(wallet));
      assertRefused(await logIn(message, stranger), /signature is not this wallet's/);
      assertRefused(await logIn(message, stranger, addressOf(stranger)), /is for the wallet/);
    });

    test("with one bit of the signature flipped, wherever it is", async () => {
      const { message } = await client.challenge(addressOf(wallet));
      const signature = await wallet.sign(Buffer.from(message));
      for (let bit = 0; bit < 512; bit += 37) {
        const flipped = Uint8Array.from(signature, (byte, index) =>
          index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte,
        );
        const body = { address: addressOf(wallet), message, signature: base58.encode(flipped) };
        assertRefused(await client.send("POST", "/auth/login", body), /signature is not/);
      }
    });

    test("from another site's page", async () => {
      for (const headers of [{ origin: "https://evil.example" }, { "sec-fetch-site": "cross-site" }]) {
        const address = addressOf(wallet);
        const { message } = await client.challenge(address);
        const signature = base58.encode(await wallet.sign(Buffer.from(message)));
        assertRefused(
          await client.send("POST", "/auth/login", { address, message, signature }, headers),
          /another site's page/,
        );
      }
    });

    for (const [what, path, body, param] of [
      ["an address that is none", "challenge", { address: "1".repeat(31) }, "address"],
      ["no address", "challenge", {}, null],
      ["an address as a number", "challenge", { address: 1 }, null],
      ["a text that is no sign-in", "login", { address: "1".repeat(32), message: "hello", signature: "1" }, "message"],
      [
        "a signature that is not base58",
        "login",
        { address: "1".repeat(32), message: "", signature: "0" },
        "signature",
      ],
      ["a transaction that is not base64", "login", { transaction: "%" }, "transaction"],
      ["a transaction that is none", "login", { transaction: "AAAA" }, "transaction"],
      ["nothing", "login", {}, null],
    ] as const) {
      test(`what is malformed: ${what}`, async () => {
        const { status, json } = await client.send("POST", `/auth/${path}`, body);
        assert.equal(status, 400);
        assert.equal((json["error"] as { param: string | null }).param, param);
      });
    }
  });

  describe("by a transaction that only says the text", () => {
    test("opens a session, once for a challenge", async () => {
      const memo = (await client.challenge(addressOf(wallet))).message;
      const message = transactionMessage({ signer: wallet.publicKey, memo });
      const transaction = base64.encode(transactionBytes(message, await wallet.sign(message)));
      const reply = await client.send("POST", "/auth/login", { transaction });
      assert.deepEqual([reply.status, reply.json["wallet"]], [200, addressOf(wallet)]);
      assertRefused(await client.send("POST", "/auth/login", { transaction }), /answered before/);
      assertRefused(await logIn(memo), /answered before/);
    });

    test("is refused where it could do more, or is another's", async () => {
      const more = await logInByMemo({ furtherInstructions: [[1, 0, 0]] });
      assert.deepEqual([more.status, more.code], [400, "invalid_request"]);
      assert.match(more.message ?? "", /`transaction`: expected 1 instruction, found 2/);
      assertRefused(await logInByMemo({}, newWallet()), /is for the wallet/);
      const stranger = newWallet();
      const forged: Wallet = { publicKey: wallet.publicKey, sign: (bytes) => stranger.sign(bytes) };
      assertRefused(await logInByMemo({}, forged), /signature is not this wallet's/);
      assert.equal((await logInByMemo({})).status, 200);
    });
  });

  test("is bounded, and possible again when the challenges of that time have expired", async () => {
    client = (await another({ loginsMax: 2 })).client();
    assert.equal((await client.signIn(newWallet())).status, 200);
    assert.equal((await client.signIn(newWallet())).status, 200);
    const { status, code, headers } = await client.signIn(newWallet());
    assert.deepEqual([status, code, headers.get("set-cookie")], [503, "overloaded", null]);
    clock.advance(LOGIN_CHALLENGE_MS);
    assert.equal((await client.signIn(newWallet())).status, 200);
  });

  test("leaves no secret in the log", async () => {
    const { json } = await client.signIn(wallet);
    const token = (client.cookie ?? "").split("=")[1] ?? "";
    await client.send("POST", "/auth/logout", undefined, { "x-csrf-token": String(json["csrf_token"]) });
    const log = server.logLines.join("\n");
    assert.ok(log.length > 0 && token.length === 43);
    for (const secret of [token, String(json["csrf_token"])]) assert.ok(!log.includes(secret));
  });
});

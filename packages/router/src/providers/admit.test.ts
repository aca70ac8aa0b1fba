// The providers' door: who is refused before the upgrade, with which words, and that a refusal leaves nothing open.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { setImmediate, setTimeout as wait } from "node:timers/promises";
import { systemClock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import { signFirstGenerationKey } from "@aimo-network/protocol/keys/sign-key";
import type { ClientOptions } from "ws";
import { WebSocket } from "ws";
import { LINKS_MAX, LINKS_PER_WALLET_MAX } from "../limits.ts";
import { createFakeLink } from "../test-bed/fake-link.ts";
import { startLinkBench } from "../test-bed/link-bench.ts";
import { connectProvider, plainOffer } from "../test-bed/scripted-provider.ts";
import type { TestRouter } from "../test-bed/test-router.ts";
import { startTestRouter } from "../test-bed/test-router.ts";
import { newWallet } from "../test-bed/new-wallet.ts";

interface Refusal {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly error: { code: number; message: string; type: string; param: null; metadata: { error_code: string } };
}

const PATH = "/api/v1/providers/subscribe";

interface Knock {
  readonly path?: string;
  readonly protocols?: string[];
  readonly options?: ClientOptions;
}

async function refused(router: TestRouter, key: string | undefined, knock: Knock = {}): Promise<Refusal> {
  const { path = PATH, protocols = ["aimo.v2"], options = {} } = knock;
  const headers = { ...(key !== undefined && { authorization: `Bearer ${key}` }) };
  const socket = new WebSocket(`${router.url.replace(/^http/, "ws")}${path}`, protocols, { headers, ...options });
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  const body = JSON.parse(await text(response)) as { error: Refusal["error"] };
  return { status: response.statusCode, headers: response.headers, error: body.error };
}

async function admitted(router: TestRouter, key: string, path = PATH): Promise<WebSocket> {
  const headers = { authorization: `Bearer ${key}` };
  const socket = new WebSocket(`${router.url.replace(/^http/, "ws")}${path}`, ["other", "aimo.v2"], { headers });
  await once(socket, "open");
  return socket;
}

describe("admission of providers", () => {
  let router: TestRouter;
  before(async () => (router = await startTestRouter()));
  after(() => router.close());

  test("refuses without a key, with the usual body and a request id", async () => {
    const { status, headers, error } = await refused(router, undefined);
    assert.equal(status, 401);
    assert.match(headers["content-type"] ?? "", /application\/json/);
    assert.match(String(headers["x-request-id"]), /^req-[0-9a-f-]{36}$/);
    assert.equal(error.code, 401);
    assert.equal(error.type, "authentication_error");
    assert.equal(error.metadata.error_code, "missing_key");
    assert.match(error.message, /Authorization: Bearer/);
  });

  for (const [name, key, status, code] of [
    ["a key that cannot be read", () => Promise.resolve("aimo-sk-v2-0OIl"), 401, "malformed_key"],
    ["a key of another kind", () => Promise.resolve("sk-proj-123"), 401, "malformed_key"],
    [
      "an expired key",
      () => router.key({ createdAtMs: systemClock.now() - 10_000, validForMs: 5_000 }),
      401,
      "key_expired",
    ],
    ["a key from the future", () => router.key({ createdAtMs: systemClock.now() + 600_000 }), 401, "malformed_key"],
    ["a key without the scope", () => router.key({ scopes: ["account", "keys"] }), 403, "scope_missing"],
    [
      "a key of another router",
      () => router.key({}, newWallet(), "11111111111111111111111111111111"),
      401,
      "key_for_other_router",
    ],
    [
      "a key with one letter changed",
      async () => (await router.key()).replace(/.{6}$/, (end) => (end === "111111" ? "222222" : "111111")),
      401,
      undefined,
    ],
  ] as const) {
    test(`refuses ${name} with ${status}`, async () => {
      const bearer = await key();
      const { status: found, error } = await refused(router, bearer);
      assert.equal(found, status);
      if (code !== undefined) assert.equal(error.metadata.error_code, code);
      assert.ok(!JSON.stringify(error).includes(bearer), "the key is not repeated");
    });
  }

  test("admits an earn-only key, a key for any router, and a first-generation key", async () => {
    const wallet = newWallet();
    const first = await signFirstGenerationKey(wallet, {
      version: 1,
      tag: "dev",
      createdAtMs: systemClock.now(),
      validForMs: 60_000,
      spending: { kind: "unlimited" },
      scopes: ["completion_model"],
    });
    const keys = [
      await router.key({ spending: { kind: "earn_only" } }),
      await router.key({}, newWallet(), "any"),
      first,
    ];
    for (const key of keys) {
      const socket = await admitted(router, key);
      assert.equal(socket.protocol, "aimo.v2");
      socket.terminate();
    }
  });

  test("admits below /v1 too, and with a slash or a query at the end", async () => {
    const key = await router.key();
    for (const path of ["/v1/providers/subscribe", `${PATH}/`, `${PATH}?x=1`]) {
      const socket = await admitted(router, key, path);
      socket.terminate();
    }
  });

  test("refuses another subprotocol with the one it expects", async () => {
    const { status, error } = await refused(router, await router.key(), { protocols: ["aimo.v9"] });
    assert.equal(status, 400);
    assert.match(error.message, /subprotocol aimo\.v2, or none/);
    assert.match(error.message, /found aimo\.v9/);
  });

  test("refuses no subprotocol of a wallet without a preflight, and says what the proxy is to do", async () => {
    const { status, error } = await refused(router, await router.key(), { protocols: [] });
    assert.equal(status, 400);
    assert.match(error.message, /connect\/preflight before the first connection: start the proxy again/);
  });

  for (const path of ["/api/v1/providers", "/api/v1/chat/completions", "/", "//", "/api/v1/providers/subscribe/x"]) {
    test(`refuses a WebSocket at ${path}`, async () => {
      const { status, error } = await refused(router, await router.key(), { path });
      assert.equal(status, 404);
      assert.equal(error.metadata.error_code, "not_found");
    });
  }

  test("refuses a broken handshake like anything else, with a body and a request id", async () => {
    const { port } = new URL(router.url);
    const socket = connect({ port: Number(port), host: "127.0.0.1" });
    const key = await router.key();
    socket.write(
      `GET ${PATH} HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-protocol: aimo.v2\r\nauthorization: Bearer ${key}\r\n\r\n`,
    );
    const reply = await text(socket);
    assert.match(reply, /^HTTP\/1\.1 400 Bad Request\r\n/);
    assert.match(reply, /x-request-id: req-/);
    assert.match(reply, /"error_code":"invalid_request"/);
  });

  test("tells a plain GET that an upgrade is expected", async () => {
    const response = await fetch(`${router.url}${PATH}`);
    assert.equal(response.status, 400);
    assert.match(await response.text(), /expected a WebSocket upgrade/);
  });

  test("breaks on no path, and logs none of these as its own failure", () => {
    assert.deepEqual(
      router.logLines.filter((line) => line.includes("admission broke")),
      [],
    );
  });

  test("closes a refused connection that its peer keeps open", async () => {
    const { port } = new URL(router.url);
    const socket = connect({ port: Number(port), host: "127.0.0.1", allowHalfOpen: true });
    socket.on("error", () => undefined);
    socket.write(`GET ${PATH} HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`);
    socket.resume();
    await once(socket, "end");
    // Only a peer that has gone for good answers a write with a reset.
    while (!socket.destroyed) {
      socket.write("x");
      await wait(5);
    }
  });

  test(`lets a wallet have ${LINKS_PER_WALLET_MAX} links and not one more; others still get in`, async () => {
    const wallet = newWallet();
    const key = await router.key({}, wallet);
    const sockets = await Promise.all(Array.from({ length: LINKS_PER_WALLET_MAX }, () => admitted(router, key)));
    const { status, headers, error } = await refused(router, key);
    assert.equal(status, 503);
    assert.equal(headers["retry-after"], "1");
    assert.match(error.message, /a wallet has at most 64 links/);
    (await admitted(router, await router.key())).terminate();
    const last = sockets.pop();
    const closed = once(last!, "close");
    last!.close();
    await closed;
    (await admitted(router, key)).terminate(); // the place is free again
    for (const socket of sockets) socket.terminate();
  });

  test("says nothing of a key in its log but its id", async () => {
    const key = await router.key();
    const socket = await admitted(router, key);
    socket.terminate();
    const log = router.logLines.join("");
    assert.match(log, /"keyId":"[0-9a-f]{32}"/);
    assert.ok(!log.includes(key.slice(-40)));
  });
});

test(`a router has ${LINKS_MAX} links and not one more, and a place again when one has gone`, async (t) => {
  const bench = await startLinkBench();
  t.after(() => bench.close());
  const others = Array.from({ length: LINKS_MAX - 1 }, (_, index) => createFakeLink(`wallet ${index}`));
  for (const other of others) bench.links.add(other);
  const last = await bench.connect();
  await assert.rejects(bench.connect(), /Unexpected server response: 503/);
  assert.equal(bench.links.count, LINKS_MAX);
  last.socket.terminate();
  await last.closed;
  while (bench.links.count === LINKS_MAX) await setImmediate();
  await bench.connect();
  assert.equal(bench.links.count, LINKS_MAX);
});

test("a provider whose address has too many connections is refused before its key is looked at", async (t) => {
  const bench = await startLinkBench();
  t.after(() => bench.close());
  bench.refusal = new AimoError("overloaded", { what: "its address" });
  await assert.rejects(bench.connect(), /Unexpected server response: 503/);
  bench.refusal = undefined;
  await bench.connect();
});

test("a draining router takes no links", async (t) => {
  const router = await startTestRouter();
  t.after(() => router.close());
  const key = await router.key();
  const called = Promise.withResolvers<{ end(): void }>();
  const provider = await connectProvider(router.url, await router.key(), called.resolve);
  await provider.offer([plainOffer("m")]);
  const answer = router.chat(key, { model: "m", messages: [{ role: "user", content: "x" }] }); // keeps the drain going
  const call = await called.promise;
  const closed = router.close();
  const { status, error } = await refused(router, key);
  assert.equal(status, 503);
  assert.equal(error.metadata.error_code, "draining");
  call.end();
  assert.equal((await answer).status, 502);
  await closed;
});

// A whole router: its operator's port, its drain, keys that end while it runs, and what its log never says.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { manualClock, systemClock } from "@aimo-network/protocol/clock";
import { encodeFrame } from "@aimo-network/protocol/wire/frame";
import { signFirstGenerationKey } from "@aimo-network/protocol/keys/sign-key";
import { ConfigError } from "./config.ts";
import { LINK_CLOSE_TIMEOUT_MS } from "./limits.ts";
import type { ScriptedCall } from "./test-bed/scripted-provider.ts";
import { connectProvider, plainOffer } from "./test-bed/scripted-provider.ts";
import { startTestRouter } from "./test-bed/test-router.ts";
import { newWallet } from "./test-bed/new-wallet.ts";

const ASK = { model: "m", messages: [{ role: "user", content: "my secret prompt" }] };
const OUTPUT = 'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":"secret answer"}}]}\n\n';
const STOP = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

function stream(call: ScriptedCall): void {
  call.respond(200, { "content-type": "text/event-stream" });
  call.write(OUTPUT + STOP);
  call.end();
}

describe("the operator's port", () => {
  test("says that the process lives and takes requests, and has nothing else; the public port has neither", async (t) => {
    const router = await startTestRouter();
    t.after(() => router.close());
    for (const [path, body] of [
      ["/healthz", { status: "ok" }],
      ["/readyz", { status: "ready" }],
    ] as const) {
      const response = await fetch(`${router.operatorUrl}${path}`);
      assert.deepEqual([response.status, await response.json()], [200, body]);
      assert.equal((await fetch(`${router.url}${path}`)).status, 404);
    }
    assert.equal((await fetch(`${router.operatorUrl}/api/v1/models`)).status, 404);
    await router.close();
  });
});

describe("a router that stops", () => {
  test("is not ready, refuses new requests, and lets a running stream end", async (t) => {
    const router = await startTestRouter();
    t.after(() => router.close());
    const key = await router.key();
    const called = Promise.withResolvers<ScriptedCall>();
    const provider = await connectProvider(router.url, await router.key(), called.resolve);
    await provider.offer([plainOffer("m")]);
    const running = router.chat(key, { ...ASK, stream: true });
    const call = await called.promise;
    call.respond(200, { "content-type": "text/event-stream" });
    call.write(OUTPUT);
    const response = await running;
    const told = once(provider.socket, "message");
    const closed = router.close();
    await told;

    const ready = await fetch(`${router.operatorUrl}/readyz`);
    assert.deepEqual([ready.status, await ready.json()], [503, { status: "draining" }]);
    assert.equal((await fetch(`${router.operatorUrl}/healthz`)).status, 200);
    const refused = await router.chat(key, ASK);
    assert.equal(refused.status, 503);
    assert.equal(refused.headers.get("retry-after"), "1");
    assert.match(await refused.text(), /"error_code":"draining"/);
    const drain = provider.messages.find(({ name }) => name === "drain");
    assert.deepEqual(drain?.message, { reason: "the router is shutting down", deadline_ms: 2_000 });

    call.write(STOP);
    call.end();
    assert.match(await response.text(), /secret answer[^]*data: \[DONE\]\n\n$/);
    await closed;
    await assert.rejects(fetch(`${router.url}/api/v1/models`));
  });

  test("ends what has not ended when its drain is over", async (t) => {
    const clock = manualClock();
    const router = await startTestRouter({ AIMO_DRAIN_MS: "5000" }, clock);
    t.after(() => router.close());
    const called = Promise.withResolvers<ScriptedCall>();
    const provider = await connectProvider(router.url, await router.key(), called.resolve);
    await provider.offer([plainOffer("m")]);
    const running = router.chat(await router.key(), ASK);
    await called.promise;
    await router.close();
    const response = await running;
    assert.equal(response.status, 503);
    assert.match(await response.text(), /"error_code":"draining"/);
    await provider.close();
  });

  test("waits for nobody who only keeps a connection open", async (t) => {
    const router = await startTestRouter();
    t.after(() => router.close());
    await (await fetch(`${router.url}/api/v1/models`)).text(); // kept alive by the client
    const provider = await connectProvider(router.url, await router.key(), () => undefined);
    await provider.offer([plainOffer("m")]);
    await router.close();
    await provider.close();
  });

  test("stops although a peer never answers its close", async (t) => {
    const router = await startTestRouter();
    t.after(() => router.close());
    const provider = await connectProvider(router.url, await router.key(), () => undefined);
    provider.socket.pause(); // it reads nothing any more, not even a close
    provider.socket.send("text is a violation");
    while (!router.logLines.some((line) => line.includes("violation"))) await setImmediate();
    const startedMs = systemClock.monotonic();
    await router.close();
    assert.ok(systemClock.monotonic() - startedMs < 2 * LINK_CLOSE_TIMEOUT_MS);
    await provider.close();
  });

  test("answers what still comes over an open connection in its own words", async (t) => {
    const router = await startTestRouter({ AIMO_DRAIN_MS: "0" });
    t.after(() => router.close());
    const socket = connect(Number(new URL(router.url).port), "127.0.0.1");
    await once(socket, "connect");
    // Answers of more bytes than the sockets between hold: the last requests are read only when the first are taken.
    const ask = "GET /api/v1/openapi.json HTTP/1.1\r\nhost: a\r\n\r\n";
    for (let count = 0; count < 20; count += 1) socket.write(ask.repeat(100));
    await (await fetch(`${router.url}/api/v1/models`)).text();
    const closed = router.close();
    let received = "";
    socket.on("data", (bytes: Buffer) => (received += bytes.toString()));
    socket.on("error", () => undefined); // on a busy machine the last bytes are cut by a reset
    await new Promise((resolve) => void socket.once("close", resolve));
    await closed;
    assert.match(received, /"openapi":"3\.1/);
    assert.doesNotMatch(received, /"error":"Service Unavailable"/);
  });
});

describe("a client that reads nothing", () => {
  test("does not keep a router from stopping", async (t) => {
    const router = await startTestRouter({ AIMO_DRAIN_MS: "0" });
    t.after(() => router.close());
    const socket = connect(Number(new URL(router.url).port), "127.0.0.1");
    await once(socket, "connect");
    socket.pause();
    const ask = "GET /api/v1/openapi.json HTTP/1.1\r\nhost: a\r\n\r\n";
    for (let count = 0; count < 20; count += 1) socket.write(ask.repeat(100));
    await (await fetch(`${router.url}/api/v1/models`)).text();
    await router.close();
    socket.destroy();
  });
});

describe("a router whose port is taken", () => {
  for (const [name, variable] of [
    ["clients", "AIMO_PORT"],
    ["the operator", "AIMO_OPERATOR_PORT"],
  ] as const) {
    test(`for ${name} does not start, and leaves nothing listening`, async () => {
      const taken = createServer();
      taken.listen(0, "127.0.0.1");
      await once(taken, "listening");
      const { port } = taken.address() as AddressInfo;
      await assert.rejects(startTestRouter({ [variable]: String(port) }), (error) => {
        assert.ok(error instanceof ConfigError);
        assert.match(error.message, new RegExp(`${variable}: cannot listen on 127\\.0\\.0\\.1:${port}`));
        return true;
      });
      taken.close();
    });
  }
});

describe("a key that ends while its router runs", () => {
  test("takes its provider's offers off the market at that moment, and its running answer ends", async (t) => {
    const clock = manualClock();
    const router = await startTestRouter({}, clock);
    t.after(() => router.close());
    const userKey = await router.key();
    const called = Promise.withResolvers<ScriptedCall>();
    const provider = await connectProvider(router.url, await router.key({ validForMs: 9_000 }), called.resolve);
    await provider.offer([plainOffer("m")]);
    const running = router.chat(userKey, { ...ASK, stream: true });
    const call = await called.promise;
    clock.advance(7_999); // it was made a second ago
    assert.equal((await fetch(`${router.url}/api/v1/models/community/m`)).status, 200);
    clock.advance(1);
    assert.equal((await fetch(`${router.url}/api/v1/models/community/m`)).status, 404);
    assert.equal((await router.chat(userKey, ASK)).status, 404);
    stream(call);
    assert.match(await (await running).text(), /\[DONE\]/);
    const closed = once(provider.socket, "close");
    clock.advance(5_000);
    await closed;
    await router.close();
  });

  test("spends until that moment and no longer", async (t) => {
    const clock = manualClock();
    const router = await startTestRouter({}, clock);
    t.after(() => router.close());
    const key = await router.key({ validForMs: 9_000 });
    clock.advance(7_999);
    assert.equal((await router.chat(key, ASK)).status, 404);
    clock.advance(1);
    const response = await router.chat(key, ASK);
    assert.equal(response.status, 401);
    assert.match(await response.text(), /key_expired/);
    await router.close();
  });
});

describe("a router's settings for its deadlines", () => {
  const settings = {
    AIMO_FIRST_BYTE_TIMEOUT_MS: "1000",
    AIMO_IDLE_TIMEOUT_MS: "2000",
    AIMO_TOTAL_TIMEOUT_MS: "5000",
  };
  const begin = (call: ScriptedCall): void => {
    call.respond(200, { "content-type": "text/event-stream" });
    call.write(OUTPUT);
  };
  for (const [phase, limitMs, body, act] of [
    ["first_byte", 1_000, { stream: true }, () => undefined],
    ["idle", 2_000, { stream: true }, begin],
    ["total", 5_000, { stream: false }, () => undefined],
  ] as const) {
    test(`end a provider's silence after ${limitMs} ms by the ${phase} deadline`, async (t) => {
      const clock = manualClock();
      const router = await startTestRouter(settings, clock);
      t.after(() => router.close());
      const called = Promise.withResolvers<ScriptedCall>();
      const provider = await connectProvider(router.url, await router.key(), called.resolve);
      await provider.offer([plainOffer("m")]);
      const answer = router.chat(await router.key(), { ...ASK, ...body });
      const call = await called.promise;
      act(call);
      if (phase === "idle") await answer; // its first event has passed
      clock.advance(limitMs - 1);
      await provider.offer([plainOffer("m")]); // there and back: a cancel would have come
      clock.advance(1);
      assert.equal(await call.cancelled, "provider_timeout");
      const response = await answer;
      assert.equal(response.status, { first_byte: 504, idle: 200, total: 408 }[phase]);
      const text = await response.text();
      assert.match(text, new RegExp(`"phase":"${phase}"`));
      assert.match(text, new RegExp(`within ${limitMs} ms \\(${phase} timeout\\)`));
      await provider.close();
      await router.close();
    });
  }
});

describe("a first-generation key", () => {
  for (const accepts of [false, true]) {
    test(`${accepts ? "spends where" : "does not spend unless"} the operator allows it`, async (t) => {
      const router = await startTestRouter({ AIMO_ACCEPT_V1_SPENDING: String(accepts) });
      t.after(() => router.close());
      const key = await signFirstGenerationKey(newWallet(), {
        version: 1,
        tag: "dev",
        createdAtMs: systemClock.now(),
        validForMs: 60_000,
        spending: { kind: "unlimited" },
        scopes: ["completion_model"],
      });
      const response = await router.chat(key, ASK);
      assert.equal(response.status, accepts ? 404 : 403);
      assert.match(await response.text(), accepts ? /model_not_found/ : /v1_key_cannot_spend/);
      await router.close();
    });
  }
});

describe("the log of a router", () => {
  test("does not quote what broke the protocol", async (t) => {
    const router = await startTestRouter();
    t.after(() => router.close());
    const provider = await connectProvider(router.url, await router.key(), ({ stream: { id } }) => {
      const head = JSON.stringify({ status: 200, headers: { "my secret header": "x" } });
      provider.socket.send(encodeFrame("response-head", id, Buffer.from(head)));
    });
    t.after(() => provider.close());
    await provider.offer([plainOffer("m")]);
    const closed = once(provider.socket, "close") as Promise<[number, Buffer]>;
    const response = await router.chat(await router.key(), ASK);
    assert.equal(response.status, 502);
    await response.text();
    assert.match((await closed)[1].toString(), /my secret header/, "the provider is told what it sent");
    const log = router.logLines.join("");
    assert.match(
      log,
      /"error":\{"name":"AimoError","code":"protocol_violation","frames":\["at [^\n]*protocol violation/,
    );
    assert.doesNotMatch(log, /secret/);
  });

  test("never holds a prompt, an answer or a key", async (t) => {
    const router = await startTestRouter();
    t.after(() => router.close());
    const [userKey, providerKey] = [await router.key(), await router.key()];
    let mode: "stream" | "error" | "lie" = "stream";
    const provider = await connectProvider(router.url, providerKey, (call) => {
      if (mode === "error") {
        call.respond(400, { "content-type": "application/json" });
        call.write('{"error":{"message":"secret answer in an error"}}');
        call.end();
      } else if (mode === "lie") call.end({ body_bytes: 7, error: { code: "x", message: "secret answer" } });
      else stream(call);
    });
    await provider.offer([plainOffer("m")]);
    for (mode of ["stream", "error", "lie"] as const)
      await (await router.chat(userKey, { ...ASK, stream: true })).text();
    await (await router.chat(userKey, '{"messages":"my secret prompt"')).text();
    await (
      await fetch(`${router.url}/api/v1/keys/verify`, { method: "POST", body: JSON.stringify({ secret_key: userKey }) })
    ).text();
    await fetch(`${router.url}/api/v1/nothing?key=${userKey}`);
    provider.socket.send("secret text that breaks the protocol");
    await once(provider.socket, "close");
    await router.close();
    const log = router.logLines.join("");
    assert.ok(log.includes("protocol violation"), "there is a log");
    for (const secret of ["secret", userKey, providerKey, userKey.slice(11, 60)])
      assert.ok(!log.includes(secret), secret);
  });
});

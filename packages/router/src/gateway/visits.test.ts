// Requests of one key at once: refused beyond the bound, and counted back to nothing after every kind of end.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { AimoError } from "@aimo-network/protocol/errors";
import type { Caller } from "../accounts/caller.ts";
import { seededRandom, systemRandom } from "@aimo-network/protocol/random";
import type { FastifyRequest } from "fastify";
import fastify from "fastify";
import { createKeyUse } from "../accounts/key-use.ts";
import { PLAIN_KEY } from "../test-bed/plain-key.ts";
import type { ScriptedCall } from "../test-bed/scripted-provider.ts";
import { connectProvider, plainOffer } from "../test-bed/scripted-provider.ts";
import { startTestRouter } from "../test-bed/test-router.ts";
import { QUIET_OBSERVER } from "../test-bed/quiet-observer.ts";
import { installErrorReplies } from "./error-reply.ts";
import { countVisits } from "./visits.ts";

const MESSAGES = [{ role: "user", content: "x" }];
const OUTPUT = 'data: {"choices":[{"index":0,"delta":{"content":"x"}}]}\n\n';
const STOP = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
const WHOLE = '{"choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}]}';
const PER_KEY = 3;
const WAITS = JSON.stringify({ model: "waits", messages: MESSAGES });

/** Answers as the name of the model says. */
function answer(call: ScriptedCall): void {
  const { model, stream } = call.head;
  if (model === "waits") return;
  if (model === "fails") {
    call.end({ error: { code: "provider_error", message: "it broke" } });
    return;
  }
  call.respond(200, { "content-type": stream ? "text/event-stream" : "application/json" });
  call.write(stream ? OUTPUT : WHOLE);
  if (model === "breaks") call.end({ error: { code: "provider_error", message: "it broke" } });
  if (model === "begins" || model === "breaks") return;
  if (stream) call.write(STOP);
  call.end();
}

async function openSocket(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

describe("a key at a router", () => {
  test("has as many requests running as it may; the next gets 429 and harms none of them, nor another key's", async (t) => {
    const router = await startTestRouter({ AIMO_REQUESTS_PER_KEY_MAX: String(PER_KEY) });
    t.after(() => router.close());
    const calls: ScriptedCall[] = [];
    const provider = await connectProvider(router.url, await router.key(), (call) => calls.push(call));
    await provider.offer([plainOffer("m")]);
    const [key, other] = [await router.key(), await router.key()];
    const body = { model: "m", messages: MESSAGES };
    const running = Array.from({ length: PER_KEY }, () => router.chat(key, body));
    while (calls.length < PER_KEY) await setImmediate();
    const refused = await router.chat(key, body);
    assert.deepEqual([refused.status, refused.headers.get("retry-after")], [429, "1"]);
    const { error } = (await refused.json()) as { error: { message: string; metadata: { error_code: string } } };
    assert.equal(error.metadata.error_code, "too_many_concurrent");
    assert.match(error.message, /^This API key has 3 requests running/);
    const ofOther = router.chat(other, body);
    while (calls.length < PER_KEY + 1) await setImmediate();
    for (const call of calls) {
      call.respond(200, { "content-type": "application/json" });
      call.write(WHOLE);
      call.end();
    }
    for (const reply of [...running, ofOther]) assert.equal((await reply).status, 200);
    await provider.close();
    await router.close();
  });

  test("has all its places again after any ends in any order", async (t) => {
    const seed = Math.floor(systemRandom.fraction() * 2 ** 32);
    t.diagnostic(`seed ${seed}`);
    const random = seededRandom(seed);
    const router = await startTestRouter({ AIMO_REQUESTS_PER_KEY_MAX: String(PER_KEY), AIMO_BODY_BYTES_MAX: "2048" });
    t.after(() => router.close());
    const provider = await connectProvider(router.url, await router.key(), answer);
    const models = ["answers", "fails", "breaks", "begins", "waits"];
    await provider.offer(models.map((name) => plainOffer(name)));
    const key = await router.key();
    const post = (length: number): string =>
      `POST /api/v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${key}\r\ncontent-length: ${length}\r\n\r\n`;
    const leave = async (sent: string): Promise<void> => {
      const socket = await openSocket(router.url);
      socket.write(sent);
      if (random.fraction() < 0.5) await (await fetch(`${router.url}/api/v1/nothing`)).text(); // it has been read by then
      if (random.fraction() < 0.5) socket.destroy();
      else socket.resetAndDestroy();
    };
    const ask = async (body: string): Promise<void> => {
      const left = new AbortController();
      try {
        const reply = await router.chat(key, body, { signal: left.signal });
        if (/begins/.test(body)) left.abort();
        await reply.text();
      } catch (error) {
        assert.ok(left.signal.aborted, String(error));
      }
    };
    const body = (model: string): string =>
      JSON.stringify({ model, messages: MESSAGES, stream: model === "begins" || random.fraction() < 0.5 });
    const ends: readonly (() => Promise<void>)[] = [
      () => ask(body("answers")),
      () => ask(body("fails")),
      () => ask(body("breaks")),
      () => ask(body("begins")),
      () => ask(body("unknown")),
      () => ask("{"),
      () => ask("x".repeat(2_049)),
      () => leave(post(100)),
      () => leave(`${post(100)}{`),
      () => leave(post(body("waits").length) + body("waits")),
      () => leave(post(body("begins").length) + body("begins")),
    ];
    for (let round = 0; round < 40; round += 1) {
      await Promise.all(
        Array.from({ length: 4 }, async () => {
          await ends[Math.floor(random.fraction() * ends.length)]?.();
        }),
      );
    }
    // All places are free again exactly when as many requests as there are places run at once.
    const waiting: Socket[] = [];
    const before = provider.calls.length;
    for (let tries = 0; waiting.length < PER_KEY; tries += 1) {
      assert.ok(tries < 1_000, `a place is lost (seed ${seed})`);
      const socket = await openSocket(router.url);
      socket.write(post(WAITS.length) + WAITS);
      const refused = once(socket, "data").then(() => true);
      const called = (async () => {
        while (provider.calls.length <= before + waiting.length && !socket.readableEnded) await setImmediate();
        return false;
      })();
      // A client that left a moment ago may not be noticed yet.
      if (await Promise.race([refused, called])) socket.destroy();
      else waiting.push(socket);
    }
    for (const socket of waiting) socket.destroy();
    await provider.close();
    await router.close();
  });
});

test("a visit ends with its response, whatever its endpoint does", async (t) => {
  const server = fastify();
  t.after(() => server.close());
  installErrorReplies(server, QUIET_OBSERVER);
  const keyUse = createKeyUse({ requestsPerKeyMax: 1, bodyBytesPerKeyMax: 10, bodyBytesMax: 10 });
  const authenticate = ({ headers }: FastifyRequest): Promise<Caller> => {
    if (headers.authorization === "none") throw new AimoError("missing_key", {});
    return Promise.resolve(PLAIN_KEY);
  };
  const visitOf = countVisits(server, { keyUse, authenticate }, "spend");
  server.get("/throws", (request) => {
    visitOf(request).use.hold(10);
    throw new Error("an endpoint with a fault");
  });
  server.get("/refuses", () => {
    throw new AimoError("draining", {});
  });
  server.get("/breaks", (request, reply) => {
    reply.hijack();
    reply.raw.write("half");
    request.raw.socket.destroy();
  });
  server.get("/answers", () => "whole");
  const url = await server.listen({ port: 0, host: "127.0.0.1" });
  for (const path of ["throws", "refuses", "breaks", "answers", "none", "throws", "breaks", "answers"]) {
    const authorization = path === "none" ? "none" : "some";
    const ended = fetch(`${url}/${path}`, { headers: { authorization } }).then((reply) => reply.text());
    if (path === "breaks") await assert.rejects(ended);
    else await ended;
    while (keyUse.keys > 0) await setImmediate();
    assert.equal(keyUse.bodyBytes, 0);
  }
});

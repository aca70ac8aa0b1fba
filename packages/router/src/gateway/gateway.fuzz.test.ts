// Arbitrary bytes at the clients' door: whatever comes is answered with a well-formed error or dropped, and others are served.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { FRAME_BYTES_MAX } from "@aimo-network/protocol/wire/frame";
import { sendRaw } from "../test-bed/raw-request.ts";
import type { ScriptedProvider } from "../test-bed/scripted-provider.ts";
import { connectProvider, plainOffer } from "../test-bed/scripted-provider.ts";
import type { TestRouter } from "../test-bed/test-router.ts";
import { startTestRouter } from "../test-bed/test-router.ts";

const ANSWER = '{"choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}]}';
const BODY = '{"model":"m","messages":[{"role":"user","content":"hi \u{1f642}"}],"stream":false}';

/**
 * Sends bytes, waits for the first of a reply or, where none comes, for as long as another request takes, ends its side,
 * and reads until the other side has ended too.
 */
async function exchange(url: string, bytes: Uint8Array): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  const pieces: Buffer[] = [];
  const replied = Promise.withResolvers<void>();
  socket.on("data", (piece: Buffer) => {
    pieces.push(piece);
    replied.resolve();
  });
  socket.on("error", () => undefined); // a server that refuses early may reset what is still being sent
  const closed = new Promise<void>((resolve) => void socket.once("close", () => resolve()));
  socket.write(bytes);
  const other = fetch(`${url}/api/v1/models`).then((response) => response.arrayBuffer());
  await Promise.race([replied.promise, closed, other]);
  await other;
  socket.end();
  await closed;
  return Buffer.concat(pieces).toString();
}

/** Fails unless what came is nothing, or begins with a reply whose error, if it is one, is well-formed. */
function assertAnswered(received: string): void {
  if (received === "") return;
  const [, status = "", rest = ""] =
    /^HTTP\/1\.1 (\d{3}) .*\r\n([^]*)$/.exec(received) ?? assert.fail(received.slice(0, 80));
  assert.notEqual(status, "500", received.slice(0, 2_000));
  if (Number(status) < 400) return;
  const length = /^content-length: (\d+)\r$/im.exec(rest)?.[1] ?? assert.fail(rest.slice(0, 400));
  const body = Buffer.from(rest.slice(rest.indexOf("\r\n\r\n") + 4));
  if (body.length < Number(length)) return; // cut by a reset
  const { error } = JSON.parse(body.toString("utf8", 0, Number(length))) as { error: Record<string, unknown> };
  assert.equal(typeof error["message"], "string");
  assert.match(rest, /^x-request-id: req-/im);
}

describe("a router", () => {
  let router: TestRouter;
  let provider: ScriptedProvider;
  let key: string;
  let seeds: readonly string[] = [];
  before(async () => {
    router = await startTestRouter();
    provider = await connectProvider(router.url, await router.key(), (call) => {
      JSON.parse(call.body);
      call.respond(200, { "content-type": "application/json" });
      call.write(ANSWER);
      call.end();
    });
    await provider.offer([plainOffer("m")]);
    key = await router.key();
    const post = (path: string, body: string): string =>
      `POST ${path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    seeds = [
      post("/api/v1/chat/completions", BODY),
      post("/v1/chat/completions", BODY),
      post("/api/v1/keys/verify", JSON.stringify({ key })),
      `POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nx-api-key: ${key}\r\ntransfer-encoding: chunked\r\n\r\n${Buffer.byteLength(BODY).toString(16)}\r\n${BODY}\r\n0\r\n\r\n`,
      "GET /api/v1/models?q=%F0%9F%99%82 HTTP/1.1\r\nhost: a\r\n\r\nGET /v1/models/m HTTP/1.1\r\nhost: a\r\n\r\n",
      "OPTIONS /v1/chat/completions HTTP/1.1\r\nhost: a\r\norigin: http://b\r\naccess-control-request-method: POST\r\n\r\n",
      `GET /api/v1/providers/subscribe HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${key}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AQIDBAUGBwgJCgsMDQ4PEA==\r\nsec-websocket-protocol: aimo.v2\r\n\r\n`,
    ];
  });
  after(async () => {
    await provider.close();
    await router.close();
  });

  /** Fails if this router broke on anything, or does not serve others any more. */
  async function assertSound(): Promise<void> {
    const broken = router.logLines.filter((line) => /"level":(50|60)|broke/.test(line));
    assert.deepEqual(broken, []);
    const response = await router.chat(key, BODY);
    assert.equal(response.status, 200);
    assert.match(await response.text(), /"content":"hi"/);
  }

  test("takes any bytes without harm", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) =>
        assertAnswered(await exchange(router.url, bytes)),
      ),
      { numRuns: 100 },
    );
    await assertSound();
  });

  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom(
        "\r\n",
        "\n",
        "\r\n\r\n",
        "\0",
        ": ",
        " ",
        "%",
        "é",
        "\u00ff",
        "99999999999999999999",
        "-1",
        "{",
        '"',
        ",",
        "chunked",
        "HTTP/1.1",
      )
      .map((text) => Buffer.from(text)),
    fc.constantFrom(300, 40_000).map((length) => Buffer.alloc(length, "a")),
  );
  const edit = fc.record({ at: fc.nat(2_000), removed: fc.nat(12), put: piece });

  test("takes valid requests with bytes changed, put in or taken out", async () => {
    const answered = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.nat(6), fc.array(edit, { minLength: 1, maxLength: 3 }), async (seed, edits) => {
        let bytes = Buffer.from(seeds[seed] ?? assert.fail("there are seven"));
        for (const { at, removed, put } of edits) {
          const place = at % (bytes.length + 1);
          bytes = Buffer.concat([bytes.subarray(0, place), put, bytes.subarray(place + removed)]);
        }
        const received = await exchange(router.url, bytes);
        assertAnswered(received);
        const status = received.slice(9, 12);
        answered.set(status, (answered.get(status) ?? 0) + 1);
      }),
      { numRuns: 250 },
    );
    await assertSound();
    assert.ok(answered.size >= 4, JSON.stringify([...answered]));
  });

  test("takes valid requests cut short anywhere", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(6), fc.nat(2_000), async (seed, at) => {
        const whole = Buffer.from(seeds[seed] ?? assert.fail("there are seven"));
        assertAnswered(await exchange(router.url, whole.subarray(0, at % whole.length)));
      }),
      { numRuns: 100 },
    );
    await assertSound();
  });

  test("passes a client's headers on, or leaves them out, whatever they hold", async () => {
    const value = fc.string({
      unit: fc
        .integer({ min: 0x20, max: 0xff })
        .filter((code) => code !== 0x7f)
        .map((code) => String.fromCharCode(code)),
      maxLength: 700,
      size: "max",
    });
    const calls = provider.calls.length;
    await fc.assert(
      fc.asyncProperty(value, value, async (agent, trace) => {
        const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nconnection: close\r\nauthorization: Bearer ${key}\r\nuser-agent: ${agent}\r\ntraceparent: ${trace}\r\ncontent-length: ${Buffer.byteLength(BODY)}\r\n\r\n`;
        const { status } = await sendRaw(router.url, Buffer.concat([Buffer.from(head, "latin1"), Buffer.from(BODY)]));
        assert.equal(status, 200);
      }),
      { numRuns: 60 },
    );
    assert.equal(provider.calls.length, calls + 60);
    await assertSound();
  });

  test("takes any bytes from a provider's WebSocket, also such as are no frames of WebSockets", async () => {
    const upgrade = Buffer.from(seeds[6] ?? "");
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const received = await exchange(router.url, Buffer.concat([upgrade, bytes]));
        assert.match(received, /^HTTP\/1\.1 101 /);
      }),
      { numRuns: 60 },
    );
    const long = Buffer.alloc(14);
    long.set([0x82, 0xff]);
    long.writeBigUInt64BE(BigInt(FRAME_BYTES_MAX + 1), 2);
    assert.match(await exchange(router.url, Buffer.concat([upgrade, long])), /^HTTP\/1\.1 101 /);
    await assertSound();
  });
});

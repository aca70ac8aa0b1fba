// Every error a client can get from the server itself: one body, the code of its surface, a request id, CORS.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import { HEADER_BYTES_MAX, SMALL_BODY_BYTES_MAX } from "../limits.ts";
import { connectProvider, plainOffer } from "../test-bed/scripted-provider.ts";
import type { ScriptedProvider } from "../test-bed/scripted-provider.ts";
import { sendRaw } from "../test-bed/raw-request.ts";
import type { TestRouter } from "../test-bed/test-router.ts";
import { startTestRouter } from "../test-bed/test-router.ts";
import { newWallet } from "../test-bed/new-wallet.ts";

interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly code: number | string;
    readonly param: string | null;
    readonly metadata: { readonly error_code: string; readonly error_type: string; readonly near?: string[] };
  };
}

const REQUEST_ID = /^req-[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const ASK = JSON.stringify({ model: "gone", messages: [{ role: "user", content: "x" }] });

describe("an error reply", () => {
  let router: TestRouter;
  let provider: ScriptedProvider;
  let userKey: string;
  before(async () => {
    router = await startTestRouter({ AIMO_BODY_BYTES_MAX: "2048" });
    userKey = await router.key();
    provider = await connectProvider(router.url, await router.key(), (call) => call.end());
    await provider.offer([plainOffer("llama-3", { provider_name: "meta" }), plainOffer("fails")]);
  });
  after(async () => {
    await provider.close();
    await router.close();
  });

  const ask = async (path: string, init: RequestInit = {}): Promise<{ response: Response; body: ErrorBody }> => {
    const response = await fetch(`${router.url}${path}`, init);
    assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
    assert.match(response.headers.get("x-request-id") ?? "", REQUEST_ID);
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
    const body = (await response.json()) as ErrorBody;
    const { message, type, code, param, metadata } = body.error;
    assert.deepEqual(Object.keys(body), ["error"]);
    assert.deepEqual(Object.keys(body.error), ["message", "type", "code", "param", "metadata"]);
    assert.equal(code, path.startsWith("/v1/") ? metadata.error_code : response.status);
    assert.ok(message.length > 10 && type.length > 0 && (param === null || typeof param === "string"));
    return { response, body };
  };
  const post = (body: string, more: Record<string, string> = {}, key: string | undefined = userKey): RequestInit => ({
    method: "POST",
    body,
    headers: { ...(key !== undefined && { authorization: `Bearer ${key}` }), ...more },
  });

  for (const surface of ["/api/v1", "/v1"]) {
    describe(`below ${surface}`, () => {
      test("names a route that is not there", async () => {
        const { response, body } = await ask(`${surface}/nothing?x=secret`);
        assert.equal(response.status, 404);
        assert.equal(body.error.metadata.error_code, "not_found");
        assert.match(body.error.message, new RegExp(`GET ${surface}/nothing here`));
      });

      test("does not take a GET where there is only a POST", async () => {
        const { response } = await ask(`${surface}/chat/completions`);
        assert.equal(response.status, 404);
      });

      test("suggests near names for a model nobody offers", async () => {
        const { response, body } = await ask(`${surface}/chat/completions`, post(ASK.replace("gone", "meta/lama-3")));
        assert.equal(response.status, 404);
        assert.deepEqual(body.error.metadata.near?.slice(0, 1), ["meta/llama-3"]);
        assert.match(body.error.message, /Did you mean `meta\/llama-3`/);
        const one = await ask(`${surface}/models/meta/lama-3`);
        assert.deepEqual(one.body.error.metadata.near?.slice(0, 1), ["meta/llama-3"]);
        assert.equal((await ask(`${surface}/models/meta/lama-3/endpoints`)).response.status, 404);
      });

      test("names a provider that is not connected", async () => {
        const { response, body } = await ask(`${surface}/providers/nobody`);
        assert.equal(response.status, 404);
        assert.equal(body.error.metadata.error_code, "provider_not_found");
      });

      test("asks for a key", async () => {
        const { response, body } = await ask(`${surface}/chat/completions`, { method: "POST", body: ASK });
        assert.deepEqual([response.status, body.error.metadata.error_code], [401, "missing_key"]);
      });

      test("refuses keys that may not spend, each with its reason", async () => {
        const earnOnly = await router.key({ spending: { kind: "earn_only" } });
        const noScope = await router.key({ scopes: ["account"] });
        const expired = await router.key({ createdAtMs: systemClock.now() - 9_000, validForMs: 5_000 });
        const foreign = await router.key({}, newWallet(), "11111111111111111111111111111111");
        for (const [key, status, code] of [
          [earnOnly, 403, "earn_only_key"],
          [noScope, 403, "scope_missing"],
          [expired, 401, "key_expired"],
          [foreign, 401, "key_for_other_router"],
          ["aimo-sk-u1-abc", 401, "malformed_key"],
          ["nonsense", 401, "malformed_key"],
        ] as const) {
          const { response, body } = await ask(`${surface}/chat/completions`, post(ASK, {}, key));
          assert.deepEqual([response.status, body.error.metadata.error_code], [status, code]);
          assert.ok(!JSON.stringify(body).includes(key));
        }
      });

      test("names the field at fault", async () => {
        const { response, body } = await ask(`${surface}/chat/completions`, post('{"model":"m"}'));
        assert.deepEqual([response.status, body.error.param], [400, "messages"]);
      });

      test("refuses what a schema does not allow, naming where", async () => {
        const { response, body } = await ask(`${surface}/keys/message`, post('{"metadata":{"created_at":1}}'));
        assert.equal(response.status, 400);
        assert.match(body.error.message, /body\/metadata must have required propert/);
      });

      test("refuses JSON that is none without repeating it", async () => {
        const { response, body } = await ask(`${surface}/keys/verify`, post('{"secret_key":aimo-sk-v2-secret}'));
        assert.equal(response.status, 400);
        assert.doesNotMatch(JSON.stringify(body), /secret"|aimo-sk/);
        assert.doesNotMatch(router.logLines.join(""), /aimo-sk-v2-secret/);
      });

      test("refuses a body above the limit, declared or not, and takes one at the limit", async () => {
        const declared = await ask(`${surface}/chat/completions`, post("x".repeat(2_049)));
        assert.deepEqual([declared.response.status, declared.body.error.metadata.error_code], [413, "body_too_large"]);
        assert.match(declared.body.error.message, /larger than 2048 bytes/);
        const stream = new Blob(["x".repeat(2_049)]).stream();
        const undeclared = await ask(`${surface}/chat/completions`, { ...post(""), body: stream, duplex: "half" });
        assert.deepEqual(
          [undeclared.response.status, undeclared.body.error.metadata.error_code],
          [413, "body_too_large"],
        );
        assert.equal((await ask(`${surface}/chat/completions`, post("x".repeat(2_048)))).response.status, 400);
      });

      test("refuses a large body where only small ones make sense", async () => {
        const verify = (bytes: number): ReturnType<typeof ask> =>
          ask(`${surface}/keys/verify`, { method: "POST", body: "x".repeat(bytes) });
        const { response, body } = await verify(SMALL_BODY_BYTES_MAX + 1);
        assert.equal(response.status, 413);
        assert.match(body.error.message, /larger than 65536 bytes/);
        assert.equal((await verify(SMALL_BODY_BYTES_MAX)).response.status, 400);
      });

      test("says who failed and how when a provider fails", async () => {
        const { response, body } = await ask(`${surface}/chat/completions`, post(ASK.replace("gone", "fails")));
        assert.equal(response.status, 502);
        assert.equal(body.error.metadata.error_code, "provider_error");
        assert.equal(body.error.metadata.error_type, "provider_unavailable");
        assert.match(response.headers.get("x-generation-id") ?? "", /^gen-/);
      });
    });
  }

  test("has the request id of its log, made here and not by the client", async () => {
    const { response } = await ask("/api/v1/nothing", { headers: { "x-request-id": "mine" } });
    assert.notEqual(response.headers.get("x-request-id"), "mine");
  });

  test("to HEAD has the status and no body", async () => {
    const response = await fetch(`${router.url}/api/v1/nothing`, { method: "HEAD" });
    assert.equal(response.status, 404);
    assert.match(response.headers.get("x-request-id") ?? "", REQUEST_ID);
    assert.equal(await response.text(), "");
  });

  const broken: readonly (readonly [name: string, status: number, code: string, request: string])[] = [
    ["a URL that cannot be decoded", 400, "invalid_request", "GET /api/v1/models/%zz/x HTTP/1.1"],
    ["a URL longer than any model's", 400, "invalid_request", `GET /api/v1/models/${"a".repeat(3_000)}/x HTTP/1.1`],
    [
      "headers that are too large",
      431,
      "headers_too_large",
      `GET /api/v1/models HTTP/1.1\r\nx-large: ${"x".repeat(40_000)}`,
    ],
    ["bytes that are not HTTP", 400, "invalid_request", "\u0016\u0003\u0001 hello"],
    [
      "a header with a control character",
      400,
      "invalid_request",
      "GET /api/v1/models HTTP/1.1\r\nuser-agent: a\u0001b",
    ],
  ];
  for (const [name, status, code, request] of broken) {
    test(`to ${name} is as well formed as any`, async () => {
      const reply = await sendRaw(router.url, `${request}\r\nhost: a\r\nconnection: close\r\n\r\n`);
      assert.equal(reply.status, status);
      assert.match(reply.headers.get("x-request-id") ?? "", REQUEST_ID);
      assert.match(reply.headers.get("content-type") ?? "", /^application\/json/);
      const { error } = JSON.parse(reply.body) as ErrorBody;
      assert.deepEqual([error.code, error.metadata.error_code], [status, code]);
      assert.ok(error.message.length < 500);
    });
  }

  test("is given to headers of the limit, and not to those one byte shorter", async () => {
    // Node counts the path, names and values, and lets less than the limit through.
    const send = (bytes: number): ReturnType<typeof sendRaw> => {
      const others = "/api/v1/modelshostaconnectionclosex-large".length;
      const large = "x".repeat(bytes - others);
      return sendRaw(
        router.url,
        `GET /api/v1/models HTTP/1.1\r\nhost: a\r\nconnection: close\r\nx-large: ${large}\r\n\r\n`,
      );
    };
    assert.equal((await send(HEADER_BYTES_MAX - 1)).status, 200);
    assert.equal((await send(HEADER_BYTES_MAX)).status, 431);
  });

  test("is not needed by clients that offer HTTP/2 with their request", async () => {
    const offer =
      "connection: Upgrade, HTTP2-Settings, close\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQCAAAAAAIAAAAA";
    const get = await sendRaw(router.url, `GET /api/v1/models HTTP/1.1\r\nhost: a\r\n${offer}\r\n\r\n`);
    assert.equal(get.status, 200);
    const head = `POST /api/v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${userKey}\r\n${offer}`;
    const sent = await sendRaw(router.url, `${head}\r\ncontent-length: ${ASK.length}\r\n\r\n${ASK}`);
    assert.equal(sent.status, 404);
    assert.match(sent.body, /model_not_found/);
  });

  test("is not logged as this router's failure when a client leaves in the middle of its body", async () => {
    const logged = router.logLines.length;
    const socket = connect(Number(new URL(router.url).port), "127.0.0.1");
    await once(socket, "connect");
    socket.write(
      `POST /api/v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${userKey}\r\ncontent-length: 100\r\n\r\n{`,
    );
    // A later request on another connection is answered after the router has seen the first one's headers.
    await ask("/api/v1/nothing");
    socket.resetAndDestroy();
    await once(socket, "close");
    await ask("/api/v1/nothing");
    assert.deepEqual(
      router.logLines.slice(logged).filter((line) => line.includes('"level":50')),
      [],
    );
  });
});

// What browsers of other sites may do: call with a bearer, read the named headers, and never send cookies.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { connectProvider, plainOffer } from "../test-bed/scripted-provider.ts";
import type { ScriptedProvider } from "../test-bed/scripted-provider.ts";
import type { TestRouter } from "../test-bed/test-router.ts";
import { startTestRouter } from "../test-bed/test-router.ts";

const ORIGIN = { origin: "https://elsewhere.example" };
const EXPOSED = [
  "etag",
  "retry-after",
  "x-aimo-cost",
  "x-aimo-max-tokens",
  "x-generation-id",
  "x-ratelimit-limit-requests",
  "x-ratelimit-limit-tokens",
  "x-ratelimit-remaining-requests",
  "x-ratelimit-remaining-tokens",
  "x-ratelimit-reset-requests",
  "x-ratelimit-reset-tokens",
  "x-request-id",
];

function assertOpen(response: Response): void {
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  assert.equal(response.headers.get("access-control-allow-credentials"), null);
  assert.match(response.headers.get("x-request-id") ?? "", /^req-/);
}

function assertExposes(response: Response): void {
  assertOpen(response);
  const exposed = (response.headers.get("access-control-expose-headers") ?? "").split(", ");
  assert.deepEqual(exposed.toSorted(), EXPOSED);
}

describe("a browser of another site", () => {
  let router: TestRouter;
  let provider: ScriptedProvider;
  let key: string;
  before(async () => {
    router = await startTestRouter();
    key = await router.key();
    provider = await connectProvider(router.url, await router.key(), (call) => {
      call.respond(200, { "content-type": call.head.stream ? "text/event-stream" : "application/json" });
      const choice =
        '{"index":0,"delta":{"role":"assistant","content":"x"},"message":{"role":"assistant"},"finish_reason":"stop"}';
      call.write(call.head.stream ? `data: {"choices":[${choice}]}\n\ndata: [DONE]\n\n` : `{"choices":[${choice}]}`);
      call.end();
    });
    await provider.offer([plainOffer("m")]);
  });
  after(async () => {
    await provider.close();
    await router.close();
  });

  for (const path of ["/api/v1/chat/completions", "/v1/chat/completions", "/api/v1/models", "/.well-known/aimo.json"]) {
    test(`may send what it asks to send to ${path}`, async () => {
      const asked = "authorization,content-type,x-stainless-retry-count";
      const response = await fetch(`${router.url}${path}`, {
        method: "OPTIONS",
        headers: { ...ORIGIN, "access-control-request-method": "POST", "access-control-request-headers": asked },
      });
      assert.equal(response.status, 204);
      assertOpen(response);
      assert.equal(response.headers.get("access-control-allow-headers"), asked);
      assert.match(response.headers.get("access-control-allow-methods") ?? "", /\bPOST\b/);
      assert.equal(response.headers.get("access-control-max-age"), "86400");
      assert.equal(await response.text(), "");
    });
  }

  test("is answered an OPTIONS that asks for nothing", async () => {
    const response = await fetch(`${router.url}/api/v1/models`, { method: "OPTIONS" });
    assert.equal(response.status, 204);
    assertOpen(response);
  });

  for (const stream of [true, false]) {
    test(`may read the headers of an answer (stream: ${stream})`, async () => {
      const response = await router.chat(key, { model: "m", stream, messages: [{ role: "user", content: "x" }] });
      assert.equal(response.status, 200);
      assertExposes(response);
      assert.match(response.headers.get("x-generation-id") ?? "", /^gen-/);
      await response.text();
    });
  }

  test("keeps nothing that was told to a key or a session", async () => {
    const told = async (headers: Record<string, string>): Promise<string | null> =>
      (await fetch(`${router.url}/api/v1/key`, { headers })).headers.get("cache-control");
    assert.equal(await told({ authorization: `Bearer ${key}` }), "no-store");
    assert.equal(await told({ "x-api-key": key }), "no-store");
    assert.equal(await told({ cookie: "aimo-session=x" }), "no-store");
    const models = await fetch(`${router.url}/api/v1/models`);
    assert.equal(models.headers.get("cache-control"), "public, max-age=1, must-revalidate");
    const whole = await router.chat(key, { model: "m", messages: [{ role: "user", content: "hi" }] });
    assert.equal(whole.headers.get("cache-control"), "no-store");
    await whole.text();
  });

  test("may read the headers of errors", async () => {
    assertExposes(await fetch(`${router.url}/api/v1/models`, { headers: ORIGIN }));
    assertExposes(await fetch(`${router.url}/api/v1/nothing`, { headers: ORIGIN }));
    assertExposes(await router.chat("bad key", {}, {}));
    assertExposes(await router.chat(key, "{"));
  });
});

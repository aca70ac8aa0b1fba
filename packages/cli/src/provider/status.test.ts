// Where a provider stands, as a router says it: its offers, why each gets what it gets, and what is missing.
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import { PROVIDER_MODELS_SHOWN_MAX } from "../limits.ts";
import { endpoint, openProviderScene, WALLET } from "../test-bed/provider-scene.ts";
import { faultOf } from "../test-bed/reading-bed.ts";
import type { Script } from "../test-bed/scripted-router.ts";
import { replyWith } from "../test-bed/scripted-router.ts";
import { providerStatus } from "./status.ts";

const status = async (t: TestContext, answers: Record<string, Script>) => {
  const { context, router } = await openProviderScene(t, answers);
  const outcome = await providerStatus(context, { arguments: [], options: {} });
  assert.ok(outcome !== undefined);
  return { ...outcome, data: outcome.data as Record<string, unknown>, router };
};

describe("provider status", () => {
  const connected = { data: { links: 2, connected_since: "2026-11-26T12:00:00.000Z", models: ["a/m"] } };

  test("shows one's own offers with price, verdict, share, tier, success, latency and reasons", async (t) => {
    const { text, data, reason, router } = await status(t, {
      [`/api/v1/providers/${WALLET}`]: connected,
      "/api/v1/models/a/m/endpoints": { data: { endpoints: [endpoint("other"), endpoint(WALLET)] } },
    });
    assert.equal(reason, undefined);
    assert.match(text, /a\/m +0\.1 +0\.4 +verified +25 % +good +99\.5 % +320 ms/);
    assert.match(text, /By \[31mprice \./, "without what steers a terminal");
    const [offer, ...others] = data["offers"] as Record<string, unknown>[];
    assert.equal(others.length, 0);
    assert.deepEqual([offer?.["prompt_per_million"], offer?.["completion_per_million"]], ["0.1", "0.4"]);
    assert.deepEqual([offer?.["share"], offer?.["success_percent"], offer?.["latency_ms"]], [0.25, 99.5, 320]);
    assert.equal(data["links"], 2);
    assert.deepEqual(
      router.calls.filter(({ bearer }) => bearer !== undefined).map(({ path }) => path),
      ["/api/v1/key"],
      "the key goes where it is needed",
    );
  });

  test("a provider without a link has failed, and is told how to start one", async (t) => {
    const { text, data, reason } = await status(t, {});
    assert.equal(reason, "failed");
    assert.equal(data["connected"], false);
    assert.match(text, /aimo-proxy --config config\.toml/);
  });

  test("a link that sells nothing has failed too", async (t) => {
    const { text, reason } = await status(t, {
      [`/api/v1/providers/${WALLET}`]: connected,
      "/api/v1/models/a/m/endpoints": { data: { endpoints: [endpoint("other")] } },
    });
    assert.equal(reason, "failed");
    assert.match(text, /nothing of yours is on the market/);
  });

  test("of more models than fit the rest is counted, not asked for", async (t) => {
    const models = Array.from({ length: PROVIDER_MODELS_SHOWN_MAX + 3 }, (_, place) => `a/m${place}`);
    const { data, router } = await status(t, { [`/api/v1/providers/${WALLET}`]: { data: { links: 1, models } } });
    assert.equal(data["unlisted_models"], 3);
    assert.equal(router.calls.filter(({ path }) => path.endsWith("/endpoints")).length, PROVIDER_MODELS_SHOWN_MAX);
  });

  test("a key that the router does not take is told in the router's words", async (t) => {
    const error = { message: "The API key expired.", metadata: { error_code: "key_expired" } };
    const { context } = await openProviderScene(t, { "/api/v1/key": replyWith(401, { error }) });
    const words = await faultOf(providerStatus(context, { arguments: [], options: {} }));
    assert.deepEqual([words.why, words.reason, words.code], ["The API key expired.", "wallet", "key_expired"]);
  });
});

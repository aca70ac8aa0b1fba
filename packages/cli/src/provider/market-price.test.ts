// What a router's providers ask for a model, whoever its author is said to be.
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import { findRouter } from "../network/find-router.ts";
import { endpoint, openProviderScene } from "../test-bed/provider-scene.ts";
import type { Script } from "../test-bed/scripted-router.ts";
import { marketPrice } from "./market-price.ts";
import { priceText } from "./token-price.ts";

describe("the market's price", () => {
  async function priced(t: TestContext, answers: Record<string, Script>, slug: string) {
    const { context, router } = await openProviderScene(t, answers);
    return { found: await marketPrice(await findRouter(context), slug), router };
  }
  const at = (prompt: string, completion: string): object => endpoint("w", { pricing: { prompt, completion } });
  const list = (...ids: string[]): object => ({ data: ids.map((id) => ({ id })) });

  test("is the median over all authors of the slug, whatever its case, and of no other slug", async (t) => {
    const { found } = await priced(
      t,
      {
        "/api/v1/models": list("a/Llama", "b/llama", "b/llama-large"),
        "/api/v1/models/a/Llama/endpoints": { data: { endpoints: [at("0.000001", "0.000009")] } },
        "/api/v1/models/b/llama/endpoints": {
          data: { endpoints: [at("0.000002", "0.000003"), at("0.000005", "0.000004")] },
        },
        "/api/v1/models/b/llama-large/endpoints": { data: { endpoints: [at("1", "1")] } },
      },
      "LLAMA",
    );
    assert.deepEqual([priceText(found?.prompt), priceText(found?.completion), found?.offers], ["2", "4", 3]);
  });

  test("is none where nobody sells it", async (t) => {
    const { found, router } = await priced(t, { "/api/v1/models": list("a/other") }, "llama");
    assert.equal(found, undefined);
    assert.ok(router.calls.some(({ path }) => path === "/api/v1/models?q=llama"));
  });
});

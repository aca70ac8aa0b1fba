// The list as a person and a program read it, from a router that answers what a test says.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import type { CommandInput, Outcome } from "../command-spec.ts";
import { faultOf, openReadingBed } from "../test-bed/reading-bed.ts";
import type { ReadingBed } from "../test-bed/reading-bed.ts";
import { replyWith, ROUTER_ID, startScriptedRouter } from "../test-bed/scripted-router.ts";
import type { Script, ScriptedRouter } from "../test-bed/scripted-router.ts";
import { listModels } from "./list-models.ts";

const QWEN = {
  id: "qwen/qwen3-32b",
  name: "Qwen 3 32B",
  context_length: 131_072,
  pricing: { prompt: "0.00000015", completion: "0.0000006", request: "0", image: "0", input_cache_read: "0.000000075" },
  aimo: {
    providers: 3,
    verified: 2,
    unverified: 0,
    new: 1,
    latency_p50: 420,
    throughput_p50: 56.8,
    uptime_last_30m: 99.96,
  },
};
const BARE = {
  id: "community/a-model-with-quite-a-long-name",
  name: "\u001B[31mA model\u202E",
  context_length: null,
  pricing: { prompt: "0.000000000001", completion: "1", request: "0.001", image: "0.5" },
  aimo: {
    providers: 1,
    verified: 0,
    unverified: 1,
    new: 1,
    latency_p50: null,
    throughput_p50: null,
    uptime_last_30m: null,
  },
};

interface Listing {
  readonly bed: ReadingBed;
  readonly router: ScriptedRouter;
  run(input?: Partial<CommandInput>): Promise<Outcome | undefined>;
}

async function openListing(t: TestContext, models: Script, width?: number): Promise<Listing> {
  const router = await startScriptedRouter(t, { "/api/v1/models": models });
  const bed = openReadingBed(t, { options: { router: router.url }, ...(width !== undefined && { width }) });
  return { bed, router, run: (input) => listModels(bed.context, { arguments: [], options: {}, ...input }) };
}

test("prices are per million tokens with every digit, and what was not measured is a dash", async (t) => {
  const { run, router } = await openListing(t, { data: [QWEN, BARE] });
  const outcome = await run();
  assert.deepEqual(outcome?.text.split("\n"), [
    "MODEL                                         IN/M    OUT/M  CONTEXT  VERIFIED  UPTIME     P50  TOK/S  BESIDES",
    "qwen/qwen3-32b                                0.15      0.6     131k       2/3   99.9%  420 ms     57",
    "community/a-model-with-quite-a-long-name  0.000001  1000000        –       0/1       –       –      –  0.001 each request, 0.5 each image",
  ]);
  assert.deepEqual(outcome?.data, {
    router: ROUTER_ID,
    models: [
      {
        id: "qwen/qwen3-32b",
        name: "Qwen 3 32B",
        prompt_per_million: "0.15",
        completion_per_million: "0.6",
        cached_per_million: "0.075",
        each_request: null,
        each_image: null,
        context_length: 131_072,
        latency_p50_ms: 420,
        throughput_p50: 56.8,
        uptime_percent: 99.96,
        providers: 3,
        verified: 2,
      },
      {
        id: "community/a-model-with-quite-a-long-name",
        name: "[31mA model",
        prompt_per_million: "0.000001",
        completion_per_million: "1000000",
        cached_per_million: null,
        each_request: "0.001",
        each_image: "0.5",
        context_length: null,
        latency_p50_ms: null,
        throughput_p50: null,
        uptime_percent: null,
        providers: 1,
        verified: 0,
      },
    ],
  });
  assert.deepEqual(
    router.calls.map(({ bearer }) => bearer),
    [undefined, undefined],
  );
});

test("the table fits the terminal, and is whole in a pipe", async (t) => {
  const models = { data: Array.from({ length: 200 }, () => ({ ...BARE, pricing: QWEN.pricing })) };
  const { run } = await openListing(t, models, 70);
  const narrow = (await (await openListing(t, models, 40)).run())?.text.split("\n") ?? [];
  assert.ok(narrow.every((line) => line.length <= 40));
  const lines = (await run())?.text.split("\n") ?? [];
  assert.equal(lines.length, 201);
  assert.ok(lines.every((line) => line.length <= 70));
  assert.equal(
    lines[1],
    "community/a-model-with-quite-a-long-name  0.15    0.6        –",
    "an id is typed: it is whole",
  );
  assert.match(narrow[1] ?? "", /^community\/a-mod\S*… {2}0\.15 {4}0\.6$/);
});

test("what is asked of the router is what was typed", async (t) => {
  const { run, router } = await openListing(t, { data: [] });
  const asked = async (input: Partial<CommandInput>): Promise<string> => {
    await run(input);
    return router.calls.at(-1)?.path ?? "";
  };
  assert.equal(await asked({ arguments: ["qwen", "32b"] }), "/api/v1/models?q=qwen+32b");
  for (const [sort, order] of [
    ["price", "pricing-low-to-high"],
    ["throughput", "throughput-high-to-low"],
    ["latency", "latency-low-to-high"],
    ["newest", "newest"],
    ["context", "context-high-to-low"],
  ] as const) {
    assert.equal(await asked({ options: { sort } }), `/api/v1/models?sort=${order}`);
  }
  assert.equal(await asked({ options: { free: true } }), "/api/v1/models?max_price=0&max_output_price=0");
  assert.equal(
    await asked({ options: { supports: "tools, Vision,json-schema,audio" } }),
    "/api/v1/models?input_modalities=image%2Caudio&supported_parameters=tools%2Cstructured_outputs",
  );
});

test("features that are no words are refused before anything is asked", async (t) => {
  const { run, router } = await openListing(t, { data: [] });
  for (const supports of ["tools,,vision", "a b", "x\u001B[2J"]) {
    assert.equal((await faultOf(run({ options: { supports } }))).reason, "usage");
  }
  assert.deepEqual(router.calls, []);
});

describe("a list that is not there", () => {
  test("is told as empty on standard error", async (t) => {
    const { run, bed } = await openListing(t, { data: [] });
    assert.deepEqual(await run(), { data: { router: ROUTER_ID, models: [] }, text: "" });
    await run({ options: { free: true } });
    assert.match(bed.said[0] ?? "", /Nobody sells a model/);
    assert.match(bed.said[1] ?? "", /No model matches/);
  });

  test("has the router's own words where it refuses", async (t) => {
    const message = "supported_parameters: expected one of temperature, found telepathy.";
    const refusal = replyWith(400, { error: { message, code: 400, metadata: { error_code: "invalid_request" } } });
    const { run } = await openListing(t, refusal);
    const fault = await faultOf(run({ options: { supports: "telepathy" } }));
    assert.deepEqual([fault.reason, fault.code, fault.why], ["refused", "invalid_request", message]);
  });

  test("is no list where something else answers", async (t) => {
    for (const answer of [{}, { data: "no" }, { data: [{ name: "without an id" }] }, replyWith(200, "<html>")]) {
      const { run } = await openListing(t, answer);
      assert.equal((await faultOf(run())).code, "strange_answer");
    }
  });
});

// Who sells a model, and why each gets what it gets.
import assert from "node:assert/strict";
import { test } from "node:test";
import { faultOf, openReadingBed } from "../test-bed/reading-bed.ts";
import { replyWith, ROUTER_ID, startScriptedRouter } from "../test-bed/scripted-router.ts";
import { listModels } from "./list-models.ts";

const PAT = "6YhiWa9pnVLSCHsPdGenxTgZMUfFx7zJbwgEHbKdjdQC";
const GOOD = {
  provider_name: PAT,
  tag: `${PAT}:qwen3-32b`,
  context_length: 32_768,
  pricing: { prompt: "0.00000015", completion: "0.0000006" },
  status: 0,
  uptime_last_1d: 100,
  latency_last_30m: { p50: 1_234, p75: 1, p90: 1, p99: 1 },
  throughput_last_30m: { p50: 5.25, p75: 1, p90: 1, p99: 1 },
  aimo: { share: 0.8754, tier: "good", verdict: "verified", withdrawn: [], reasons: [] },
};
const OTHER = {
  ...GOOD,
  status: -1,
  uptime_last_1d: 99.99,
  latency_last_30m: null,
  throughput_last_30m: null,
  aimo: {
    share: 0,
    tier: "slow",
    verdict: "unverified",
    withdrawn: ["tools"],
    reasons: [{ code: "slow", words: "answers slower than the others" }],
  },
};
const PATH = "/api/v1/models/qwen/qwen3-32b/endpoints";

test("each provider has its share, tier and verdict, and the reasons below it", async (t) => {
  const { url } = await startScriptedRouter(t, {
    [PATH]: { data: { id: "qwen/qwen3-32b", endpoints: [GOOD, OTHER] } },
  });
  const { context } = openReadingBed(t, { options: { router: url } });
  const outcome = await listModels(context, { arguments: [], options: { providers: "qwen/qwen3-32b" } });
  assert.deepEqual(outcome?.text.split("\n"), [
    "SHARE  TIER  VERDICT     IN/M  OUT/M  CONTEXT  UPTIME    P50  TOK/S",
    "87.5%  good  verified    0.15    0.6      32k    100%  1.2 s    5.3",
    `  ${PAT}`,
    "   0%  slow  unverified  0.15    0.6      32k   99.9%      –      –",
    `  ${PAT}`,
    "  · answers slower than the others",
    "  · cannot do what it says: tools",
  ]);
  const { model, router, providers } = (outcome?.data ?? {}) as { model: string; router: string; providers: object[] };
  assert.deepEqual([model, router, providers.length], ["qwen/qwen3-32b", ROUTER_ID, 2]);
  assert.deepEqual(providers[1], {
    provider: PAT,
    tag: `${PAT}:qwen3-32b`,
    share: 0,
    tier: "slow",
    verdict: "unverified",
    status: -1,
    prompt_per_million: "0.15",
    completion_per_million: "0.6",
    cached_per_million: null,
    each_request: null,
    each_image: null,
    context_length: 32_768,
    latency_p50_ms: null,
    throughput_p50: null,
    uptime_percent: 99.99,
    withdrawn: ["tools"],
    reasons: [{ code: "slow", words: "answers slower than the others" }],
  });
});

test("a slug alone means the only model that has it", async (t) => {
  const ids = { data: [{ id: "other/qwen3-32b-x" }, { id: "qwen/qwen3-32b" }] };
  const { url, answers } = await startScriptedRouter(t, {
    "/api/v1/models": ids,
    [PATH]: { data: { id: "qwen/qwen3-32b", endpoints: [GOOD] } },
  });
  const { context } = openReadingBed(t, { options: { router: url } });
  const run = () => listModels(context, { arguments: [], options: { providers: "QWEN3-32b" } });
  assert.match((await run())?.text ?? "", /87\.5%/);
  answers["/api/v1/models"] = { data: [{ id: "other/qwen3-32b" }, { id: "qwen/qwen3-32b" }] };
  assert.match((await faultOf(run())).why ?? "", /there is other\/qwen3-32b, qwen\/qwen3-32b/);
  answers["/api/v1/models"] = { data: [] };
  assert.deepEqual((await faultOf(run())).code, "model_not_found");
});

test("a model that is not sold has the router's words", async (t) => {
  const error = {
    message: "There is no model qwen/none here.",
    code: 404,
    metadata: { error_code: "model_not_found" },
  };
  const { url } = await startScriptedRouter(t, { "/api/v1/models/qwen/none/endpoints": replyWith(404, { error }) });
  const { context } = openReadingBed(t, { options: { router: url } });
  const fault = await faultOf(listModels(context, { arguments: [], options: { providers: "qwen/none" } }));
  assert.deepEqual([fault.code, fault.why], ["model_not_found", error.message]);
});

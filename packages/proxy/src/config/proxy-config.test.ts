// The whole file: the guide's own, its defaults, and all faults at once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Compile } from "typebox/compile";
import { parsePricing } from "@aimo-network/protocol/price";
import { OfferSchema } from "@aimo-network/protocol/wire/offer";
import { GUIDE, faultsOf, guideWith, onlyFaultOf, parsed } from "./sample-config.ts";

const TIMEOUTS = { connectMs: 10_000, firstByteMs: 120_000, idleMs: 60_000, totalMs: 600_000 };

test("the provider guide's file reads to its three models with their own keys and hosts", () => {
  const config = parsed(GUIDE);
  assert.deepEqual(
    config.routers.map(({ url, apiKey }) => [url, apiKey.reveal()]),
    [["https://devnet.aimo.network", "aimo-sk-v2-routersecret"]],
  );
  assert.deepEqual(
    config.models.map(({ upstream }) => [
      upstream.model,
      upstream.apiBase,
      upstream.apiKey?.reveal(),
      upstream.headers,
    ]),
    [
      ["gpt-4o", "https://api.openai.com/v1", "sk-openaisecret", {}],
      ["deepseek-chat", "https://api.deepseek.com/v1", "sk-deepseeksecret", {}],
      ["gemini-2.5-flash", "https://generativelanguage.googleapis.com/v1", "sk-googlesecret", {}],
    ],
  );
  const text = { input_modalities: ["text"], output_modalities: ["text"] };
  const chat = { capabilities: [], endpoints: ["/chat/completions"] };
  assert.deepEqual(
    config.models.map(({ offer }) => offer),
    [
      {
        name: "gpt-4o",
        display_name: "OpenAI: GPT-4o",
        provider_name: "openai",
        context_length: 128_000,
        ...text,
        ...chat,
        pricing: { prompt: "2.5", completion: "10" },
      },
      {
        name: "deepseek-chat-v3",
        display_name: "DeepSeek: DeepSeek V3",
        provider_name: "deepseek",
        context_length: 64_000,
        ...text,
        ...chat,
        pricing: { prompt: "0.5", completion: "1" },
      },
      {
        name: "gemini-2.5-flash",
        display_name: "Google: Gemini 2.5 Flash Preview 05-20",
        provider_name: "google",
        ...text,
        ...chat,
        pricing: { prompt: "0.3", completion: "0.85" },
      },
    ],
  );
});

test("settings that are not written have their defaults", () => {
  const { routers: _routers, models, ...settings } = parsed(GUIDE);
  assert.deepEqual(settings, {
    maxConcurrency: 64,
    maxN: 8,
    allowHeaders: [],
    timeouts: TIMEOUTS,
    media: { allow: "https" },
    body: { deny: [] },
  });
  assert.deepEqual(
    models.map(({ timeouts }) => timeouts),
    [TIMEOUTS, TIMEOUTS, TIMEOUTS],
  );
});

test("the image price that the guide has as a comment may be set", () => {
  const [model] = parsed(guideWith(["# image = 1.0", "image = 1.0"])).models;
  assert.equal(model?.offer.pricing.image, "1");
});

test("every optional setting reaches its place", () => {
  const top = ["[router]", 'max_concurrency = 3\nmax_n = 2\nallow_headers = ["X-Session-Id"]\n[router]'] as const;
  const end = [
    'api_key = "std::env::GOOGLE_API_KEY"',
    'api_key = "std::env::GOOGLE_API_KEY"\n[timeouts]\nconnect_ms = 2_000\n[media]\nallow = "data"\n[body]\ndeny = ["logit_bias"]\n[spool]\npath = "ends.jsonl"',
  ] as const;
  const { routers: _routers, models, ...settings } = parsed(guideWith(top, end));
  assert.deepEqual(settings, {
    maxConcurrency: 3,
    maxN: 2,
    allowHeaders: ["x-session-id"],
    timeouts: { ...TIMEOUTS, connectMs: 2_000 },
    media: { allow: "data" },
    body: { deny: ["logit_bias"] },
    spoolPath: "ends.jsonl",
  });
  assert.equal(models[0]?.timeouts.connectMs, 2_000);
});

test("a model's timeouts win over the file's, each for itself", () => {
  const toml = `${GUIDE}\n[models.params.timeouts]\nidle_ms = 5_000\n[timeouts]\nidle_ms = 7_000\nconnect_ms = 3_000\n`;
  const timeouts = parsed(toml).models.map((model) => [model.timeouts.connectMs, model.timeouts.idleMs]);
  assert.deepEqual(timeouts, [
    [3_000, 7_000],
    [3_000, 7_000],
    [3_000, 5_000],
  ]);
});

test("several routers are read in their order", () => {
  const second = '\n[[routers]]\nurl = "wss://other.example/"\napi_key = "aimo-sk-tag-two"\n';
  const { routers } = parsed(guideWith(["[router]", "[[routers]]"]) + second);
  assert.deepEqual(
    routers.map(({ url, apiKey }) => [url, apiKey.reveal()]),
    [
      ["https://devnet.aimo.network", "aimo-sk-v2-routersecret"],
      ["https://other.example", "aimo-sk-tag-two"],
    ],
  );
});

test("one router and several at once are refused, and so are none and the same twice", () => {
  const both = `${GUIDE}\n[[routers]]\nurl = "https://b.example"\napi_key = "aimo-sk-v2-b"\n`;
  assert.equal(onlyFaultOf(both), "58 routers: expected either one [router] or several [[routers]], found both");
  const none = guideWith(
    ["[router]", ""],
    ['url = "https://devnet.aimo.network"', ""],
    ['api_key = "std::env::AIMO_PROVIDER_KEY"', ""],
  );
  assert.equal(onlyFaultOf(none), "1 router: expected a [router] section, found none");
  const twice = `${guideWith(["[router]", "[[routers]]"])}\n[[routers]]\nurl = "https://DEVNET.aimo.network/api/v1/"\napi_key = "aimo-sk-v2-b"\n`;
  assert.equal(onlyFaultOf(twice), "59 routers[1].url: expected each router once, found the one of line 2 again");
});

test("a file without models is refused", () => {
  assert.equal(
    onlyFaultOf('models = []\n[router]\nurl = "https://a.example"\napi_key = "aimo-sk-v2-a"'),
    "1 models: expected at least one [[models]] section, found an empty list",
  );
  assert.deepEqual(
    faultsOf("").map(({ line, path, example }) => [line, path, example]),
    [
      [1, "models", "[[models]]"],
      [1, "router", "[router]"],
    ],
  );
});

test("the fields every request has cannot be denied", () => {
  assert.match(
    onlyFaultOf(`${GUIDE}\n[body]\ndeny = ["logprobs", "messages"]`),
    /^59 body\.deny\[1\]: .*found "messages"/,
  );
});

test("all faults come together, in the order of their lines, each with a valid example", () => {
  const toml = guideWith(
    ["prompt = 2.5", "prompt = -2.5"],
    ["completion = 1.0", "completion = nan"],
    ['name = "gemini-2.5-flash"', 'name = "google/gemini 2.5"'],
    ["[router]", "max_concurency = 5\n[router]"],
    ["std::env::DEEPSEEK_API_KEY", "std::env::MISSING"],
  );
  assert.deepEqual(
    faultsOf(toml).map(({ line, path, example }) => [line, path, example]),
    [
      [1, "max_concurency", "max_concurrency = 64"],
      [19, "models[0].pricing.prompt", "prompt = 2.5"],
      [40, "models[1].pricing.completion", "completion = 10.0"],
      [44, "models[1].params.api_key", "export MISSING=…"],
      [48, "models[2].name", 'name = "gpt-4o"'],
    ],
  );
});

test("the whole result is frozen", () => {
  const open: string[] = [];
  const look = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null) return;
    if (!Object.isFrozen(value)) open.push(path);
    for (const [name, inside] of Object.entries(value)) look(inside, `${path}.${name}`);
  };
  look(parsed(GUIDE), "config");
  assert.deepEqual(open, []);
});

test("what is offered fits the wire's schema and the price table", () => {
  const offer = Compile(OfferSchema);
  for (const model of parsed(GUIDE).models) {
    assert.ok(offer.Check(model.offer), model.offer.name);
    assert.ok(parsePricing(model.offer.pricing).prompt > 0n);
  }
});

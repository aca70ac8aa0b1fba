// OpenRouter's `provider` object: what each member becomes, and the words with which others are refused.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { microUsdc } from "@aimo-network/protocol/money";
import { QUANTIZATIONS } from "@aimo-network/protocol/wire/offer";
import fc from "fast-check";
import { PROVIDERS_NAMED_MAX } from "../../market/limits.ts";
import type { Preferences } from "../../market/preferences.ts";
import { NO_PREFERENCES } from "../../market/preferences.ts";
import { readPreferences } from "./provider-preferences.ts";

const WALLET = "7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV";
const OTHER = "4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi";
const [ONE, TWO] = [
  { wallet: WALLET, slug: undefined },
  { wallet: OTHER, slug: "gpt-4o" },
];

const READ: readonly (readonly [json: string, expected: Partial<Preferences>])[] = [
  ["{}", {}],
  [`{"order":["${WALLET}","${OTHER}:GPT-4o"]}`, { order: [ONE, TWO] }],
  [`{"only":["${WALLET}"],"ignore":["${OTHER}:gpt-4o"]}`, { only: [ONE], ignore: [TWO] }],
  ['{"order":[],"only":[],"ignore":[],"quantizations":[]}', {}],
  [
    '{"allow_fallbacks":false,"require_parameters":true,"zdr":true}',
    { allowFallbacks: false, requireParameters: true, zdr: true },
  ],
  ['{"allow_fallbacks":true,"require_parameters":false,"zdr":false,"enforce_distillable_text":false}', {}],
  ['{"data_collection":"deny"}', { dataCollection: "deny" }],
  ['{"data_collection":"allow"}', {}],
  ['{"quantizations":["fp8","bf16","fp8"]}', { quantizations: new Set(["fp8", "bf16"] as const) }],
  [`{"quantizations":${JSON.stringify(QUANTIZATIONS)}}`, { quantizations: new Set(QUANTIZATIONS) }],
  ['{"sort":"price"}', { sort: "price" }],
  ['{"sort":"throughput"}', { sort: "throughput" }],
  ['{"sort":{"by":"latency"}}', { sort: "latency" }],
  ['{"sort":{"by":"price","partition":"none"}}', { sort: "price", partition: "none" }],
  ['{"sort":{"by":null,"partition":"model"}}', {}],
  ['{"sort":{}}', {}],
  ['{"max_price":{},"preferred_max_latency":{},"preferred_min_throughput":{"p50":null}}', {}],
  ['{"max_price":{"audio":1}}', {}],
  [
    '{"max_price":{"prompt":1,"completion":"2.50","request":0.001,"image":"0","audio":7}}',
    {
      maxPrice: {
        prompt: microUsdc(1_000_000n),
        completion: microUsdc(2_500_000n),
        request: microUsdc(1_000n),
        image: microUsdc(0n),
      },
    },
  ],
  [
    '{"max_price":{"prompt":1e-1,"completion":1.5E+1,"image":null}}',
    { maxPrice: { prompt: microUsdc(100_000n), completion: microUsdc(15_000_000n) } },
  ],
  [
    '{"max_price":{"prompt":0.29,"completion":1000000.000001}}',
    { maxPrice: { prompt: microUsdc(290_000n), completion: microUsdc(1_000_000_000_001n) } },
  ],
  [
    '{"max_price":{"prompt":0.0000019,"completion":"0.1234569"}}',
    { maxPrice: { prompt: microUsdc(1n), completion: microUsdc(123_456n) } },
  ],
  [
    '{"preferred_max_latency":1.5,"preferred_min_throughput":40}',
    { maxLatencyMs: { p50: 1_500 }, minThroughput: { p50: 40 } },
  ],
  [
    '{"preferred_max_latency":{"p50":1,"p75":null,"p99":5e0},"preferred_min_throughput":{"p90":2,"p75":0}}',
    {
      maxLatencyMs: { p50: 1_000, p99: 5_000 },
      minThroughput: { p90: 2, p75: 0 },
    },
  ],
  [
    `{${["order", "only", "ignore", "allow_fallbacks", "require_parameters", "data_collection", "zdr", "quantizations", "sort", "max_price", "preferred_max_latency", "preferred_min_throughput", "enforce_distillable_text"].map((name) => `"${name}":null`).join()}}`,
    {},
  ],
];

describe("a provider object is read", () => {
  for (const [json, expected] of READ) {
    test(json.slice(0, 120), () => assert.deepEqual(readPreferences(json), { ...NO_PREFERENCES, ...expected }));
  }

  test("with as many providers as the limit", () => {
    const order = Array.from({ length: PROVIDERS_NAMED_MAX }, () => WALLET);
    assert.equal(readPreferences(JSON.stringify({ order })).order.length, PROVIDERS_NAMED_MAX);
  });
});

const REFUSED: readonly (readonly [json: string, message: RegExp])[] = [
  ["[1]", /^`provider`: expected an object, found an array\.$/],
  ["7", /^`provider`: expected an object, found 7\.$/],
  ['{"prefer":1}', /^`provider`: expected no other members than `order`, `only`, .*, found `prefer`\.$/],
  ['{"__proto__":{"zdr":true}}', /^`provider`: expected no other members .*, found `__proto__`\.$/],
  ['{"Zdr":true}', /found `Zdr`\.$/],
  [`{"${"x".repeat(99)}":1}`, /found `x{60}`\.$/],
  [`{"order":"${WALLET}"}`, /^`provider\.order`: expected an array, found "7EcD/],
  [
    '{"only":["openai"]}',
    /^`provider\.only\[0\]`: expected a provider's wallet, or `<wallet>:<slug>`: .*, found "openai"\.$/,
  ],
  [`{"ignore":["${WALLET}","${WALLET}:"]}`, /^`provider\.ignore\[1\]`: expected a provider's wallet/],
  [`{"order":["${WALLET}:a/b"]}`, /^`provider\.order\[0\]`/],
  [`{"order":["${WALLET.toLowerCase()}"]}`, /^`provider\.order\[0\]`/],
  [`{"order":["${WALLET} "]}`, /^`provider\.order\[0\]`/],
  [`{"order":["${"x".repeat(100_000)}"]}`, /found "x{60}…"\.$/],
  ['{"order":[7]}', /^`provider\.order\[0\]`: .*, found 7\.$/],
  [
    JSON.stringify({ only: Array.from({ length: PROVIDERS_NAMED_MAX + 1 }, () => WALLET) }),
    /^`provider\.only`: expected at most 100, found 101\.$/,
  ],
  ['{"allow_fallbacks":"false"}', /^`provider\.allow_fallbacks`: expected true or false, found "false"\.$/],
  ['{"zdr":1}', /^`provider\.zdr`: expected true or false, found 1\.$/],
  ['{"require_parameters":{}}', /^`provider\.require_parameters`: expected true or false, found an object\.$/],
  ['{"data_collection":"never"}', /^`provider\.data_collection`: expected "allow" or "deny", found "never"\.$/],
  ['{"quantizations":["q4"]}', /^`provider\.quantizations\[0\]`: expected "int4" or .* or "unknown", found "q4"\.$/],
  [
    JSON.stringify({ quantizations: [...QUANTIZATIONS, "fp8"] }),
    /^`provider\.quantizations`: expected at most 12, found 13\.$/,
  ],
  ['{"sort":"exacto"}', /^`provider\.sort`: expected "price" or "throughput" or "latency", found "exacto"\.$/],
  ['{"sort":["price"]}', /^`provider\.sort`: .*, found an array\.$/],
  ['{"sort":{"by":"speed"}}', /^`provider\.sort\.by`: .*, found "speed"\.$/],
  ['{"sort":{"partition":"all"}}', /^`provider\.sort\.partition`: expected "model" or "none", found "all"\.$/],
  ['{"sort":{"order":"asc"}}', /^`provider\.sort`: expected no other members than `by`, `partition`, found `order`\.$/],
  ['{"max_price":1}', /^`provider\.max_price`: expected an object, found 1\.$/],
  [
    '{"max_price":{"input":1}}',
    /^`provider\.max_price`: expected no other members than `prompt`, .*, found `input`\.$/,
  ],
  ...[
    "-1",
    '"-1"',
    '"+1"',
    '"1e3"',
    '"1."',
    '".5"',
    '""',
    '" 1"',
    "true",
    "{}",
    "1e999",
    "1e13",
    '"99999999999999"',
    "9999999999999",
    '"01"',
  ].map(
    (amount) =>
      [
        `{"max_price":{"prompt":${amount}}}`,
        /^`provider\.max_price\.prompt`: expected USDC as a decimal number/,
      ] as const,
  ),
  ['{"max_price":{"audio":"x"}}', /^`provider\.max_price\.audio`: expected USDC/],
  [
    '{"preferred_max_latency":"5"}',
    /^`provider\.preferred_max_latency`: expected a number from 0 to 1000000, .*, found "5"\.$/,
  ],
  ['{"preferred_max_latency":-1}', /found -1\.$/],
  ['{"preferred_max_latency":1e999}', /found 1e999\.$/],
  [
    '{"preferred_max_latency":{"p95":1}}',
    /^`provider\.preferred_max_latency`: expected no other members than `p50`, .*, found `p95`\.$/,
  ],
  ['{"preferred_min_throughput":{"p50":"fast"}}', /^`provider\.preferred_min_throughput\.p50`: .*, found "fast"\.$/],
  [
    '{"enforce_distillable_text":"yes"}',
    /^`provider\.enforce_distillable_text`: expected true or false, found "yes"\.$/,
  ],
];

describe("a provider object is refused", () => {
  for (const [json, message] of REFUSED) {
    test(json.slice(0, 120), () =>
      assert.throws(
        () => readPreferences(json),
        (error: unknown) =>
          isAimoError(error, "invalid_request") &&
          message.test(error.message) &&
          error.context.param?.startsWith("provider") === true,
      ),
    );
  }

  test("that wants answers which may be distilled: nobody here knows", () => {
    assert.throws(
      () => readPreferences('{"enforce_distillable_text":true}'),
      (error: unknown) =>
        isAimoError(error, "unsupported_parameter") &&
        /does not know whose answers may be distilled/.test(error.message),
    );
  });

  test("or read, whatever it holds, and never with anything but an operating error", () => {
    const names = fc.constantFrom(
      "order",
      "only",
      "sort",
      "max_price",
      "quantizations",
      "zdr",
      "preferred_max_latency",
      "x",
      "__proto__",
    );
    const values = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(WALLET, [WALLET], "price", { by: "price" }, { prompt: 1 }, true, 5),
    );
    fc.assert(
      fc.property(fc.dictionary(names, values, { maxKeys: 3 }), (value) => {
        try {
          readPreferences(JSON.stringify(value));
        } catch (error) {
          assert.ok(isAimoError(error), String(error));
        }
      }),
    );
  });
});

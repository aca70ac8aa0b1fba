// First-generation preflights: what becomes an offer, with exactly its price, and what is refused in which words.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { OfferSchema } from "@aimo-network/protocol/wire/offer";
import fc from "fast-check";
import { Compile } from "typebox/compile";
import { PREFLIGHT_MODELS_MAX } from "../limits.ts";
import { plainModel } from "../test-bed/first-generation-proxy.ts";
import { readPreflight } from "./preflight-body.ts";

const OfferCheck = Compile(OfferSchema);

function read(...models: readonly string[]): ReturnType<typeof readPreflight> {
  return readPreflight(Buffer.from(`{"models":[${models.join(",")}]}`));
}

function priced(pricing: string): string {
  return `{"name":"m","display_name":"M","pricing":${pricing}}`;
}

function refusal(body: string | Buffer): { message: string; param: unknown } {
  try {
    readPreflight(Buffer.from(body));
  } catch (error) {
    assert.ok(isAimoError(error, "invalid_request"), String(error));
    return { message: error.message, param: error.context.param };
  }
  return assert.fail("it was accepted");
}

describe("a preflight", () => {
  test("of the published proxy becomes offers", () => {
    const model =
      '{"pricing":{"prompt":0.1,"completion":1.2,"image":null},"name":"meta/llama 3","display_name":"Llama","provider_name":"Meta AI","capabilities":["tools"],"input_modalities":["text","image"],"output_modalities":[],"context_length":8192}';
    assert.deepEqual(read(model), [
      {
        name: "meta/llama 3",
        offer: {
          name: "meta-llama-3",
          display_name: "Llama",
          provider_name: "Meta-AI",
          context_length: 8192,
          input_modalities: ["text", "image"],
          output_modalities: ["text"],
          capabilities: ["tools"],
          endpoints: ["/chat/completions"],
          pricing: { prompt: "0.1", completion: "1.2" },
        },
      },
    ]);
  });

  test("may leave out or null whatever is not a name or a price, and have fields nobody knows", () => {
    const nulls =
      '"provider_name":null,"capabilities":null,"input_modalities":null,"output_modalities":null,"context_length":null';
    const offers = [
      priced('{"prompt":0,"completion":0}'),
      `{"name":"n",${nulls},"pricing":{"prompt":0,"completion":0,"x":1},"extra":{"a":[1]}}`,
    ];
    for (const { offer } of read(...offers)) {
      assert.deepEqual(offer.pricing, { prompt: "0", completion: "0" });
      assert.deepEqual([offer.provider_name, offer.context_length, offer.capabilities], [undefined, undefined, []]);
      assert.deepEqual([offer.input_modalities, offer.output_modalities], [["text"], ["text"]]);
    }
    assert.equal(read(offers[1]!)[0]?.offer.display_name, "n");
  });

  test("may be empty: then the wallet sells nothing", () => assert.deepEqual(read(), []));

  test("keeps the kinds of input it knows, and of capabilities those that an offer can hold", () => {
    const capabilities = JSON.stringify(["tools", "x".repeat(41), ...Array.from({ length: 60 }, () => "y")]);
    const model = plainModel("m").replace('"capabilities":[]', `"capabilities":${capabilities}`);
    const [{ offer } = assert.fail()] = read(
      model.replace('"input_modalities":[]', '"input_modalities":["Image","smell","text"]'),
    );
    assert.deepEqual(offer.input_modalities, ["text", "image"]);
    assert.equal(offer.capabilities.length, 40);
    assert.ok(OfferCheck.Check(offer));
  });

  for (const [pricing, expected] of [
    ['{"prompt":1e-1,"completion":1E+1,"image":0.000001}', { prompt: "0.1", completion: "10", image: "0.000001" }],
    ['{"prompt":1.0,"completion":0.0}', { prompt: "1", completion: "0" }],
    ['{"prompt":0.100000000,"completion":999999.999999}', { prompt: "0.1", completion: "999999.999999" }],
    ['{"prompt":1000000,"completion":1e6,"image":null}', { prompt: "1000000", completion: "1000000" }],
  ] as const) {
    test(`sells at exactly ${pricing}`, () => assert.deepEqual(read(priced(pricing))[0]?.offer.pricing, expected));
  }

  for (const [pricing, message] of [
    ['{"prompt":0.0000001,"completion":1}', /at most 6 decimals.*found 0\.0000001/],
    ['{"prompt":5e-7,"completion":1}', /at most 6 decimals.*found 0\.0000005/],
    ['{"prompt":0.30000000000000004,"completion":1}', /found 0\.30000000000000004/],
    ['{"prompt":-0.1,"completion":1}', /found -0\.1/],
    ['{"prompt":-0.0,"completion":1}', /found -0/],
    ['{"prompt":1000000.000001,"completion":1}', /at most 1000000 USDC/],
    ['{"prompt":1e300,"completion":1}', /found 1e300/],
    ['{"prompt":1e-300,"completion":1}', /found 1e-300/],
    ['{"prompt":1,"completion":1,"image":-1}', /found -1/],
  ] as const) {
    test(`is refused with the price ${pricing}`, () => {
      const { message: found, param } = refusal(`{"models":[${priced(pricing)}]}`);
      assert.match(found, message);
      assert.equal(param, "models[0].pricing");
    });
  }

  for (const [body, param, message] of [
    ["", undefined, /text that is not JSON/],
    ["[]", undefined, /another JSON value/],
    ["3", undefined, /another JSON value/],
    [Buffer.from([0xff]), undefined, /JSON in UTF-8/],
    ["[".repeat(300), undefined, /at most 256 levels/],
    ["{}", "models", /an array of at most/],
    ['{"models":null}', "models", /found null/],
    ['{"models":{"length":1}}', "models", /an array/],
    ['{"models":[3]}', "models[0]", /an object, found 3/],
    ['{"models":[null]}', "models[0]", /found null/],
    ['{"models":[{}]}', "models[0].name", /found nothing/],
    ['{"models":[{"name":""}]}', "models[0].name", /1 to 200/],
    [`{"models":[{"name":"${"x".repeat(201)}"}]}`, "models[0].name", /1 to 200/],
    ['{"models":[{"name":"m"}]}', "models[0].pricing", /an object with prices, found nothing/],
    [`{"models":[${priced("1")}]}`, "models[0].pricing", /found 1/],
    [`{"models":[${priced('{"prompt":1}')}]}`, "models[0].pricing.completion", /a number of USDC, found nothing/],
    [`{"models":[${priced('{"prompt":"1","completion":1}')}]}`, "models[0].pricing.prompt", /found "1"/],
    [`{"models":[${priced('{"prompt":null,"completion":1}')}]}`, "models[0].pricing.prompt", /found null/],
    [`{"models":[${plainModel("m").replace('length":null', 'length":1.5')}]}`, "models[0].context_length", /1\.5/],
    [`{"models":[${plainModel("m").replace('length":null', 'length":-1')}]}`, "models[0].context_length", /-1/],
    [`{"models":[${plainModel("m").replace('length":null', 'length":"8"')}]}`, "models[0].context_length", /"8"/],
    [`{"models":[${plainModel("m").replace('_name":null', '_name":7')}]}`, "models[0].provider_name", /found 7/],
    [`{"models":[${plainModel("m").replace('es":[]', 'es":"x"')}]}`, "models[0].capabilities", /an array of texts/],
  ] as const) {
    test(`is refused for ${param ?? "its whole"} in ${String(body).slice(0, 60)}`, () => {
      const found = refusal(body);
      assert.equal(found.param, param);
      assert.match(found.message, message);
    });
  }

  test("shows its models under names that people can see and tell apart, whatever its proxy calls them", () => {
    const shown = (name: string): string | undefined =>
      read(plainModel("m").replace(/"display_name":"[^"]*"/, `"display_name":${JSON.stringify(name)}`))[0]?.offer
        .display_name;
    assert.equal(shown(" Open\u0410I:  GPT\u200b-4o\u202e "), "OpenAI: GPT-4o");
    assert.equal(shown("\u200b \u2060"), "m");
  });

  test(`has at most ${PREFLIGHT_MODELS_MAX} models`, () => {
    const models = Array.from({ length: PREFLIGHT_MODELS_MAX }, (_, index) => plainModel(`m${index}`));
    assert.equal(read(...models).length, PREFLIGHT_MODELS_MAX);
    assert.match(refusal(`{"models":[${[...models, plainModel("one more")].join(",")}]}`).message, /at most 2000/);
  });

  test("is read or refused with invalid_request whatever it is, and what is read can be sold", () => {
    const model = fc.record(
      {
        name: fc.oneof(fc.string({ maxLength: 80 }), fc.jsonValue()),
        display_name: fc.oneof(fc.string(), fc.jsonValue()),
        provider_name: fc.oneof(fc.string({ maxLength: 80 }), fc.jsonValue()),
        pricing: fc.oneof(
          fc.record({ prompt: fc.double(), completion: fc.nat(9_999_999), image: fc.option(fc.nat()) }),
          fc.jsonValue(),
        ),
        capabilities: fc.oneof(fc.array(fc.string()), fc.jsonValue()),
        context_length: fc.oneof(fc.nat(), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    const body = fc.oneof(
      fc.record({ models: fc.array(model, { maxLength: 4 }) }).map((value) => JSON.stringify(value)),
      fc.json(),
      fc.string(),
    );
    fc.assert(
      fc.property(body, (text) => {
        try {
          for (const { offer } of readPreflight(Buffer.from(text))) assert.ok(OfferCheck.Check(offer));
        } catch (error) {
          assert.ok(isAimoError(error, "invalid_request"), String(error));
        }
      }),
      { numRuns: 500 },
    );
  });
});

// Which names pass for which, and that real siblings do not.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { OFFER_NAME_PATTERN } from "@aimo-network/protocol/wire/offer";
import fc from "fast-check";
import { plainOffer } from "../test-bed/scripted-provider.ts";
import { nameSkeleton } from "./imitation.ts";
import { createOfferBook } from "./offer-book.ts";

const REAL = [
  ...[
    "openai/gpt-4",
    "openai/gpt-4o",
    "openai/gpt-4o-mini",
    "openai/gpt-4.1",
    "openai/gpt-4.1-mini",
    "openai/gpt-4.1-nano",
  ],
  ...[
    "openai/gpt-4-turbo",
    "openai/gpt-5",
    "openai/gpt-5-mini",
    "openai/gpt-5.1",
    "openai/gpt-51",
    "openai/gpt-3.5-turbo",
  ],
  ...[
    "openai/o1",
    "openai/o1-mini",
    "openai/o1-pro",
    "openai/o3",
    "openai/o3-mini",
    "openai/o4-mini",
    "openai/gpt-oss-120b",
  ],
  ...["openai/gpt-oss-20b", "anthropic/claude-3-opus", "anthropic/claude-3.5-sonnet", "anthropic/claude-3.7-sonnet"],
  ...[
    "anthropic/claude-sonnet-4",
    "anthropic/claude-sonnet-4.5",
    "anthropic/claude-opus-4",
    "anthropic/claude-opus-4.1",
  ],
  ...["meta-llama/llama-3-8b-instruct", "meta-llama/llama-3.1-8b-instruct", "meta-llama/llama-31-8b-instruct"],
  ...[
    "meta-llama/llama-3.1-70b-instruct",
    "meta-llama/llama-3.2-1b-instruct",
    "meta-llama/llama-3.2-11b-vision-instruct",
  ],
  ...[
    "meta-llama/llama-3.3-70b-instruct",
    "meta-llama/llama-4-scout",
    "meta-llama/llama-4-maverick",
    "qwen/qwen-2.5-7b",
  ],
  ...[
    "qwen/qwen2.5-vl-7b",
    "qwen/qwen-2.5-72b",
    "qwen/qwen3-8b",
    "qwen/qwen3-30b-a3b",
    "qwen/qwen3-235b-a22b",
    "qwen/qwq-32b",
  ],
  ...[
    "deepseek/deepseek-chat",
    "deepseek/deepseek-v3",
    "deepseek/deepseek-v3.1",
    "deepseek/deepseek-r1",
    "deepseek/deepseek-r1-0528",
  ],
  ...[
    "google/gemini-2.5-pro",
    "google/gemini-2.5-flash",
    "google/gemini-2.0-flash-001",
    "google/gemma-3-1b-it",
    "google/gemma-3-12b-it",
  ],
  ...[
    "google/gemma-3n-e4b-it",
    "mistralai/mistral-7b",
    "mistralai/mixtral-8x7b",
    "mistralai/mixtral-8x22b",
    "mistralai/ministral-8b",
  ],
  ...[
    "microsoft/phi-4",
    "microsoft/phi-4-mini",
    "microsoft/phi-3.5-mini",
    "moonshotai/kimi-k2",
    "moonshotai/kimi-k2-0905",
  ],
  ...[
    "z-ai/glm-4.5",
    "z-ai/glm-4.5-air",
    "z-ai/glm-4.5v",
    "z-ai/glm-4.6",
    "z-ai/glm-4-9b",
    "z-ai/glm-49b",
    "01-ai/yi-1.5-9b",
    "01-ai/yi-15-9b",
  ],
  ...["x-ai/grok-3", "x-ai/grok-4", "cohere/command-r", "cohere/command-r-plus", "cohere/command-a", "community/clip"],
];

/** The model on sale that this name passes for; undefined where there is none, and where there are several a failure. */
function imitated(name: string, onSale: readonly string[]): string | undefined {
  const book = createOfferBook();
  const offers = onSale.map((id) => {
    const [author = "", slug = ""] = id.split("/");
    return plainOffer(slug, { provider_name: author });
  });
  book.replace({ id: "link", wallet: "wallet" }, offers, 0);
  const namesakes = book.namesakes(name.toLowerCase());
  assert.ok(namesakes.length < 2, namesakes.join());
  return namesakes[0];
}

describe("a name passes for an established one", () => {
  for (const [name, other] of [
    ["0penai/gpt-4o", "openai/gpt-4o"],
    ["openai/gpt-40", "openai/gpt-4o"],
    ["OpenAI/gpt-40", "openai/gpt-4o"],
    ["open-ai/gpt-4o", "openai/gpt-4o"],
    ["openai/gpt4o", "openai/gpt-4o"],
    ["openai/gpt_4o", "openai/gpt-4o"],
    ["openai/gpt--4o", "openai/gpt-4o"],
    ["openai/gpt-4-1", "openai/gpt-4.1"],
    ["openai/gpt-4.l", "openai/gpt-4.1"],
    ["openal/gpt-4o", "openai/gpt-4o"],
    ["openai/01", "openai/o1"],
    ["openai/ol", "openai/o1"],
    ["anthropic/daude-3-opus", "anthropic/claude-3-opus"],
    ["anthropic/c1aude-3-opus", "anthropic/claude-3-opus"],
    ["google/gernma-3-1b-it", "google/gemma-3-1b-it"],
    ["qvven/qwen3-8b", "qwen/qwen3-8b"],
    ["meta-11ama/llama-3.1-8b-instruct", "meta-llama/llama-3.1-8b-instruct"],
    ["meta-llama/Ilama-3.1-8b-instruct", "meta-llama/llama-3.1-8b-instruct"],
  ] as const) {
    test(`${name} for ${other}`, () => assert.equal(imitated(name, REAL), other));
  }

  test("in either direction: who was there first decides", () => {
    assert.equal(imitated("openai/gpt-4o", ["0penai/gpt-4o"]), "0penai/gpt-4o");
  });
});

describe("a name passes for none", () => {
  test("that is its own, in any letter case: openai/gpt-4O is openai/gpt-4o", () => {
    assert.equal(imitated("openai/gpt-4o", REAL), undefined);
    assert.equal(imitated("openai/gpt-4O", REAL), undefined);
    assert.equal(imitated("openai/gpt-4o", ["OpenAI/GPT-4o"]), undefined);
  });

  test("where it is a sibling: another version, another size, another author", () => {
    for (const name of REAL) assert.equal(imitated(name, REAL), undefined, name);
    for (const name of ["openai/gpt-4s", "openai/gpt-s", "community/gpt-4o", "qwen/qwen3-b", "openai-gpt/4o"])
      assert.equal(imitated(name, REAL), undefined, name);
  });

  test("where nothing is established", () => assert.equal(imitated("openai/gpt-4o", []), undefined));
});

test("openаi with a Cyrillic letter, and white space, are in no offer's name at all", () => {
  const pattern = new RegExp(OFFER_NAME_PATTERN, "u");
  assert.match("openai", pattern);
  for (const name of [
    "open\u0430i",
    "openai ",
    " openai",
    "open ai",
    "openai\n",
    "open\u200bai",
    "\u03bfpenai",
    "openai\u202e",
  ])
    assert.doesNotMatch(name, pattern);
});

test("a skeleton has one author and one slug, whatever the letter case", () => {
  const names = fc.stringMatching(/^[a-z0-9._-]{1,20}\/[a-z0-9._-]{1,20}$/);
  fc.assert(
    fc.property(names, (name) => {
      const skeleton = nameSkeleton(name);
      assert.equal(skeleton.split("/").length, 2);
      assert.equal(nameSkeleton(name.toUpperCase()), skeleton);
    }),
  );
});

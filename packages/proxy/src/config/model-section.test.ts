// What a `[[models]]` section accepts, refuses and becomes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { GUIDE, guideWith, onlyFaultOf, parsed } from "./sample-config.ts";

test("a name with other characters is refused with the spelling to use", () => {
  const named = (name: string): string => onlyFaultOf(guideWith(['name = "gpt-4o"', `name = "${name}"`]));
  const expected = "8 models[0].name: expected a name of 1 to 64 letters, digits, dots, dashes or underscores, found ";
  assert.equal(named("openai/gpt 4o"), `${expected}"openai/gpt 4o"; write "openai-gpt-4o"`);
  assert.equal(named("llama3.2:1b"), `${expected}"llama3.2:1b"; write "llama3.2-1b"`);
  assert.equal(named(""), `${expected}""`);
  assert.equal(named("模型"), `${expected}"模型"`);
  assert.equal(named("a".repeat(65)), `${expected}"${"a".repeat(60)}…"; write "${"a".repeat(64)}"`);
  assert.equal(parsed(guideWith(['name = "gpt-4o"', `name = "${"a".repeat(64)}"`])).models.length, 3);
});

test("a name that another model has is refused, whatever its case and whatever else is wrong", () => {
  assert.equal(
    onlyFaultOf(guideWith(['name = "deepseek-chat-v3"', 'name = "GPT-4O"'])),
    "32 models[1].name: expected each model name once, found the one of line 8 again",
  );
  const toml = guideWith(['name = "gemini-2.5-flash"', 'name = "GPT-4o"'], ["prompt = 0.3\n", ""]);
  assert.throws(() => parsed(toml), /:47 {2}models\[2\]\.name .*line 8 again/);
});

test("every declaration of an offer reaches the offer as the wire names it", () => {
  const declared = [
    'input_modalities = ["text", "image"]',
    'capabilities = ["tools", "json_schema", "json_object", "reasoning"]',
    "max_completion_tokens = 16_384",
    'quantization = "fp8"',
    'data_policy = "prompts are not stored"',
    'data_collection = "deny"',
    "zdr = true",
    "hedge = false",
    "max_tokens_per_image = 1_600",
    "max_tokens_per_audio = 20_000",
    "max_tokens_per_video = 200_000",
    "max_tokens_per_file = 100_000",
    "max_concurrency = 8",
  ];
  const prices = "prompt = 2.5\ninput_cache_read = 1.25\nrequest = 0.0005\nimage = 0.001";
  const [model] = parsed(
    guideWith(['input_modalities = ["text"]', declared.join("\n")], ["prompt = 2.5", prices]),
  ).models;
  assert.deepEqual(model?.offer, {
    name: "gpt-4o",
    display_name: "OpenAI: GPT-4o",
    provider_name: "openai",
    context_length: 128_000,
    max_completion_tokens: 16_384,
    input_modalities: ["text", "image"],
    output_modalities: ["text"],
    capabilities: ["tools", "json_schema", "json_object", "reasoning"],
    endpoints: ["/chat/completions"],
    quantization: "fp8",
    data_policy: "prompts are not stored",
    data_collection: "deny",
    zdr: true,
    hedge: false,
    max_tokens_per_image: 1_600,
    max_tokens_per_audio: 20_000,
    max_tokens_per_video: 200_000,
    max_tokens_per_file: 100_000,
    max_concurrency: 8,
    pricing: { prompt: "2.5", completion: "10", input_cache_read: "1.25", request: "0.0005", image: "0.001" },
  });
});

test("words outside a list are refused with the nearest one", () => {
  const fault = onlyFaultOf(guideWith(['input_modalities = ["text"]', 'input_modalities = ["text", "images"]']));
  assert.match(fault, /^14 models\[0\]\.input_modalities\[1\]: .*, found "images"; did you mean "image"\?$/);
  assert.match(
    onlyFaultOf(guideWith(["context_length = 128000", 'capabilities = ["vision"]'])),
    /^12 models\[0\]\.capabilities\[0\]: expected one of "tools", "json_schema", .*, found "vision"$/,
  );
  assert.match(
    onlyFaultOf(guideWith(["context_length = 128000", 'quantization = "q4"'])),
    /found "q4"; did you mean "fp4"\?$/,
  );
});

test("no modality at all and one twice are refused", () => {
  const withInput = (list: string): string =>
    onlyFaultOf(guideWith(['input_modalities = ["text"]', `input_modalities = ${list}`]));
  assert.match(withInput("[]"), /expected a list of 1 to 5, each one of .*, found a list of 0$/);
  assert.match(withInput('["text", "text"]'), /input_modalities\[1\]: expected each item once, found "text" again$/);
});

test("texts that are blank, have line ends or are too long are refused", () => {
  for (const name of ['""', '"  "', '"a\\nb"', `"${"x".repeat(201)}"`]) {
    const fault = onlyFaultOf(guideWith(['display_name = "OpenAI: GPT-4o"', `display_name = ${name}`]));
    assert.match(fault, /^9 models\[0\]\.display_name: expected a display name of 1 to 200 characters on one line/);
  }
  const longest = "x".repeat(200);
  const [model] = parsed(guideWith(["OpenAI: GPT-4o", longest])).models;
  assert.equal(model?.offer.display_name, longest);
});

test("display names that hide something, or could pass for others, are refused with the spelling to use", () => {
  const named = (toml: string): string =>
    onlyFaultOf(guideWith(['display_name = "OpenAI: GPT-4o"', `display_name = "${toml}"`]));
  assert.match(named("Open\\u0410I:  GPT\\u200b-4o "), /word of Latin ones, found ".*"; write "OpenAI: GPT-4o"$/);
  assert.match(named("\\u202eo4-TPG"), /found "\\u\{202e\}o4-TPG"; write "o4-TPG"$/);
  assert.match(named("\\u200b"), /expected a display name that can be seen, found/);
  const [model] = parsed(guideWith(['"OpenAI: GPT-4o"', '"Яндекс: GPT 🙂"'])).models;
  assert.equal(model?.offer.display_name, "Яндекс: GPT 🙂");
});

test("what a model does with prompts is said in its own words only", () => {
  const withLine = (line: string): string => onlyFaultOf(guideWith(["context_length = 128000", line]));
  assert.match(withLine('data_collection = "denny"'), /one of "allow", "deny", found "denny"; did you mean "deny"\?$/);
  assert.match(withLine('zdr = "yes"'), /models\[0\]\.zdr: expected true or false, found/);
  assert.match(withLine("hedge = 1"), /models\[0\]\.hedge: expected true or false, found/);
});

test("timeouts that are seconds written for milliseconds, or endless, are refused", () => {
  assert.equal(
    onlyFaultOf(`${GUIDE}\n[timeouts]\nconnect_ms = 10\n`),
    "59 timeouts.connect_ms: expected a whole number of milliseconds from 100 to 60000, found 10",
  );
  assert.match(onlyFaultOf(`${GUIDE}\n[timeouts]\ntotal_ms = 86_400_001\n`), /from 100 to 86400000, found 86400001$/);
  assert.match(
    onlyFaultOf(`${GUIDE}\n[models.params.timeouts]\nidle_ms = 99\n`),
    /^59 models\[2\]\.params\.timeouts\.idle_ms: /,
  );
});

test("the bounds of numbers and lists are within them", () => {
  const all = ["text", "image", "audio", "video", "file"];
  const modalities = ['input_modalities = ["text"]', `input_modalities = ${JSON.stringify(all)}`] as const;
  const edges =
    "[models.params.timeouts]\nconnect_ms = 100\nfirst_byte_ms = 1_800_000\nidle_ms = 1_800_000\ntotal_ms = 86_400_000";
  const { models } = parsed(`${guideWith(modalities)}\n${edges}\n`);
  assert.deepEqual(models[0]?.offer.input_modalities, all);
  assert.deepEqual(Object.values(models[2]?.timeouts ?? {}), [100, 1_800_000, 1_800_000, 86_400_000]);
});

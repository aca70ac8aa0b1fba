// Unknown, misplaced and missing keys are told apart in every section.
import assert from "node:assert/strict";
import { test } from "node:test";
import { GUIDE, faultsOf, guideWith, onlyFaultOf, parsed } from "./sample-config.ts";

test("an unknown key is refused with the one that was meant, which is not also called missing", () => {
  assert.equal(
    onlyFaultOf(guideWith(['model = "gpt-4o"', 'modle = "gpt-4o"'])),
    "25 models[0].params.modle: unknown key `modle`; did you mean `model`?",
  );
  assert.equal(
    onlyFaultOf(guideWith(["[router]", "[Router]"])),
    "1 Router: unknown key `Router`; did you mean `router`?",
  );
  assert.equal(onlyFaultOf(guideWith(["url = ", "URL = "])), "2 router.URL: unknown key `URL`; did you mean `url`?");
});

test("an unknown key beside the one it resembles is refused too", () => {
  const [fault] = faultsOf(guideWith(['model = "gpt-4o"', 'modle = "a"\nmodel = "gpt-4o"']));
  assert.equal(fault?.path, "models[0].params.modle");
  const both = faultsOf(guideWith(['model = "gpt-4o"', 'modle = "a"\nmodel = 4']));
  assert.deepEqual(
    both.map(({ path }) => path),
    ["models[0].params.modle", "models[0].params.model"],
  );
});

test("a key in the wrong section is told where it belongs", () => {
  assert.equal(
    onlyFaultOf(guideWith(["context_length = 128000", 'api_base = "https://api.openai.com/v1"'])),
    "12 models[0].api_base: unknown key `api_base` here; it belongs in [models.params]",
  );
  assert.equal(
    onlyFaultOf(guideWith(["[router]", "[router]\nmax_concurrency = 3"])),
    "2 router.max_concurrency: unknown key `max_concurrency` here; it belongs at the top of the file, before its first section or in [[models]]",
  );
});

test("a key unlike any other is refused with those that are known", () => {
  assert.equal(
    onlyFaultOf(guideWith(["[router]", "[router]\nzzzzzz = 3"])),
    "2 router.zzzzzz: unknown key `zzzzzz`; known here are `url`, `api_key`, `id`; nearest is `url`",
  );
});

test("unknown keys are refused in every section", () => {
  const sections = [
    "[timeouts]",
    "[media]",
    "[body]",
    "[spool]",
    "[models.params.timeouts]",
    "[models.pricing.unknown]",
  ];
  for (const heading of sections) {
    const line = GUIDE.split("\n").length + 1;
    const fault = faultsOf(`${GUIDE}\n${heading}\nqqqqqqq = 1\n`)[0];
    assert.equal(fault?.line, heading.includes("unknown") ? line : line + 1, heading);
    assert.match(fault?.problem ?? "", /^unknown key/);
  }
});

test("names that objects inherit are unknown keys", () => {
  for (const name of ["constructor", "__proto__", "hasOwnProperty"]) {
    assert.match(onlyFaultOf(`${name} = 1\n${GUIDE}`), /unknown key/);
  }
});

test("a key of the wrong kind is refused with what was expected and found", () => {
  const cases: readonly (readonly [from: string, to: string, fault: string])[] = [
    ["[[models]]", "[models]", "expected at least one [[models]] section, found a section"],
    [
      "context_length = 128000",
      "context_length = 1.5",
      "expected a whole number of tokens from 1 to 1000000000, found 1.5",
    ],
    [
      "context_length = 128000",
      "context_length = 0",
      "expected a whole number of tokens from 1 to 1000000000, found 0",
    ],
    [
      "context_length = 128000",
      'context_length = "128k"',
      'expected a whole number of tokens from 1 to 1000000000, found "128k"',
    ],
    [
      'display_name = "OpenAI: GPT-4o"',
      "display_name = 4",
      "expected a display name of 1 to 200 characters on one line, found 4",
    ],
    ['input_modalities = ["text"]', 'input_modalities = "text"', 'found "text"'],
    ["[models.pricing]", "[[models.pricing]]", "expected a [models.pricing] section, found a list"],
  ];
  for (const [from, to, problem] of cases) {
    const toml =
      to === "[models]"
        ? '[router]\nurl = "https://a.example"\napi_key = "aimo-sk-1"\n[models]'
        : guideWith([from, to]);
    assert.ok(onlyFaultOf(toml).endsWith(problem), onlyFaultOf(toml));
  }
});

test("a faulty key does not hide the faults of its neighbours", () => {
  const toml = guideWith(["url = ", "uurl = "], ["std::env::AIMO_PROVIDER_KEY", "nokey"]);
  assert.deepEqual(
    faultsOf(toml.replace("[router]", "max_n = 0\n[router]")).map(({ path }) => path),
    ["max_n", "router.uurl", "router.api_key"],
  );
});

test("inline sections are read like headed ones", () => {
  const toml = `router = { url = "https://a.example", api_key = "aimo-sk-1" }\n${GUIDE.slice(GUIDE.indexOf("[[models]]"))}`;
  assert.equal(parsed(toml).routers[0]?.url, "https://a.example");
});

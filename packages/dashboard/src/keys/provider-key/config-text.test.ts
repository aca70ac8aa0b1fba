// The text of config.toml; that the proxy takes it is shown by the end-to-end test, which runs one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EXAMPLE_MODEL, readModel } from "./config-draft.ts";
import type { ConfigPlace, SoldModel } from "./config-text.ts";
import { configText, startText } from "./config-text.ts";

const PLACE: ConfigPlace = { routerUrl: "https://router.example", routerId: "HYuUE11t", isFirstGeneration: false };

function model(change: Partial<SoldModel> = {}): SoldModel {
  const read = readModel(EXAMPLE_MODEL);
  assert.ok(read.kind === "good");
  return { ...read.model, ...change };
}

/** The lines that say something. */
function lines(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

test("the config names this router by its address and its id, and the key by its variable alone", () => {
  assert.deepEqual(lines(configText(PLACE, model())), [
    "[router]",
    'url = "https://router.example"',
    'id = "HYuUE11t"',
    'api_key = "std::env::AIMO_PROVIDER_KEY"',
    "[[models]]",
    'name = "llama3.2"',
    'display_name = "llama3.2"',
    'provider_name = "meta"',
    "context_length = 128000",
    "[models.pricing]",
    "prompt = 0.05",
    "completion = 0.1",
    "[models.params]",
    'model = "llama3.2"',
    'api_base = "http://localhost:11434/v1"',
  ]);
});

test("an upstream's key is named by a variable too", () => {
  const text = configText(PLACE, model({ wantsKey: true }));
  assert.equal(lines(text).at(-1), 'api_key = "std::env::UPSTREAM_API_KEY"');
  assert.match(startText({ wantsKey: true }, false), /^read -rs UPSTREAM_API_KEY && export UPSTREAM_API_KEY\n/);
});

test("a first-generation proxy gets no setting that it does not know, and all that its guide has", () => {
  const { author: _, ...nobodys } = model();
  const text = configText({ ...PLACE, isFirstGeneration: true }, nobodys);
  assert.ok(lines(text).includes('provider_name = "community"'));
  assert.equal(lines(text).at(-1), 'api_key = "none"');
  assert.ok(!lines(text).some((line) => line.startsWith("id = ")));
  assert.equal(startText(model(), true), "aimo-proxy --config config.toml");
});

test("quotes, backslashes and control characters end no string of the file", () => {
  const text = configText(PLACE, model({ upstreamModel: 'a"\\b\n[router]\u007F' }));
  assert.ok(lines(text).includes(String.raw`model = "a\"\\b\n[router]\u007F"`));
});

// From an upstream to files: what is asked, what is proposed, what is refused before anything is written.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import { formatKeyFile, keyOfSeed } from "@aimo-network/protocol/keys/wallet-key";
import type { CommandInput, Outcome } from "../command-spec.ts";
import type { CommandContext } from "../context.ts";
import { runInstalledProgram } from "../installed-program.ts";
import { faultOf, openReadingBed } from "../test-bed/reading-bed.ts";
import type { Script } from "../test-bed/scripted-router.ts";
import { startScriptedRouter } from "../test-bed/scripted-router.ts";
import { providerInit } from "./init.ts";
import { marketName, readUpstreamUrl } from "./init-questions.ts";
import { serve } from "../test-bed/serve.ts";

const SECRET = "sk-upstream-secret";
const ODD = 'odd "name" \\ here';

interface Asked {
  readonly question: string;
  readonly fallback: string | undefined;
  readonly isSecret: boolean;
}

interface Scene {
  readonly home: string;
  readonly upstream: string;
  readonly said: string[];
  readonly asked: Asked[];
  readonly context: CommandContext;
  init(options?: CommandInput["options"]): Promise<Outcome>;
}

interface Wanted {
  readonly models?: readonly object[];
  readonly market?: Record<string, Script>;
  /** What a person answers; without it nobody is there. */
  readonly answers?: readonly string[];
  readonly picked?: readonly string[];
  readonly environment?: Record<string, string>;
  /** Nothing names a router: a person is asked for it first. */
  readonly isRouterAsked?: boolean;
  readonly isConfirmed?: boolean;
}

async function upstreamWith(t: TestContext, models: readonly object[]): Promise<string> {
  const url = await serve(t, (request, response) => {
    const isList = request.url === "/v1/models";
    response.writeHead(isList ? 200 : 500).end(JSON.stringify(isList ? { data: models } : {}));
  });
  return `${url}/v1`;
}

async function scene(t: TestContext, wanted: Wanted = {}): Promise<Scene> {
  const upstream = await upstreamWith(t, wanted.models ?? [{ id: "llama", max_model_len: 8_192 }]);
  const router = await startScriptedRouter(t, { "/api/v1/models": { data: [] }, ...wanted.market });
  const environment = { PATH: process.env["PATH"], ...wanted.environment };
  const isConfirmed = wanted.isConfirmed ?? wanted.answers === undefined;
  const named = wanted.isRouterAsked === true ? {} : { router: router.url };
  const bed = openReadingBed(t, { options: { ...named, isConfirmed }, environment });
  const folder = join(bed.home, ".config/solana");
  mkdirSync(folder, { recursive: true });
  const key = await keyOfSeed(new Uint8Array(32).fill(7));
  writeFileSync(join(folder, "id.json"), formatKeyFile(key), { mode: 0o600 });
  const asked: Asked[] = [];
  const answers = [...(wanted.isRouterAsked === true ? [router.url] : []), ...(wanted.answers ?? [])];
  const terminal = {
    ...bed.context.terminal,
    isInteractive: wanted.answers !== undefined,
    async ask(question: string, { fallback, isSecret = false }: { fallback?: string; isSecret?: boolean } = {}) {
      asked.push({ question, fallback, isSecret });
      const answer = answers.shift();
      assert.ok(answer !== undefined, `asked in vain: ${question}`);
      return answer === "" ? (fallback ?? "") : answer;
    },
    choose: async () => wanted.picked ?? [],
  };
  const context = { ...bed.context, terminal };
  return {
    ...bed,
    upstream,
    asked,
    context,
    async init(options = {}) {
      const outcome = await providerInit(context, { arguments: [], options: { upstream, ...options } });
      assert.ok(outcome !== undefined);
      return outcome;
    },
  };
}

const PRICES = { promptPrice: "0.1", completionPrice: "0.4" };

describe("provider init", () => {
  test("keeps what it wrote where the check finds it not ready, and says what is missing", async (t) => {
    const { init, home, said } = await scene(t);
    const { reason, text, data } = await init(PRICES);
    assert.equal(reason, "failed");
    assert.match(said.join("\n"), /FAILS +llama +plain: the upstream answers 500/);
    assert.match(text, /Next: mend what is above in config\.toml, then\n {2}aimo provider check --config config\.toml/);
    assert.equal((data as { check: string }).check, "not_ready");
    assert.match(readFileSync(join(home, "config.toml"), "utf8"), /context_length = 8192\n/);
    assert.match(readFileSync(join(home, "compose.yaml"), "utf8"), /network_mode: host/);
    assert.equal(statSync(join(home, ".env")).mode & 0o777, 0o600);
  });

  test("a name with quotes and backslashes stays itself in the config, and becomes a slug", async (t) => {
    const { init, home, context } = await scene(t, { models: [{ id: ODD }] });
    await init({ ...PRICES, model: [ODD], author: "me" });
    let said = "";
    const heard = (text: string): void => void (said += text);
    await runInstalledProgram(context, "aimo-proxy", ["check", "--json"], { heard, folder: home });
    assert.equal((JSON.parse(said) as { models: { name: string }[] }).models[0]?.name, "odd-name-here");
    assert.match(readFileSync(join(home, "config.toml"), "utf8"), /^model = "odd \\"name\\" \\\\ here"$/m);
  });

  test("asks a person for each thing, the key without showing it, and proposes the market's price", async (t) => {
    const pricing = { prompt: "0.0000003", completion: "0.0000009" };
    const market = {
      "/api/v1/models": { data: [{ id: "meta/llama" }] },
      "/api/v1/models/meta/llama/endpoints": { data: { endpoints: [{ pricing }] } },
    };
    const models = [{ id: "other" }, { id: "meta/llama" }];
    const answers = [SECRET, "", "", "0.8"];
    const { init, asked, home, said } = await scene(t, { market, models, answers, picked: ["meta/llama"] });
    await init();
    assert.deepEqual(asked, [
      { question: "The upstream's API key (empty where it needs none)", fallback: undefined, isSecret: true },
      { question: "Who made meta/llama, such as meta: users ask for author/model", fallback: "meta", isSecret: false },
      { question: "USDC per million prompt tokens of llama", fallback: "0.3", isSecret: false },
      { question: "USDC per million completion tokens of llama", fallback: "0.9", isSecret: false },
    ]);
    const config = readFileSync(join(home, "config.toml"), "utf8");
    assert.match(config, /name = "llama"\n.*\n.*\nprovider_name = "meta"/);
    assert.match(config, /prompt = 0\.3\ncompletion = 0\.8\n/);
    assert.match(config, /api_key = "std::env::UPSTREAM_API_KEY"/);
    assert.match(readFileSync(join(home, ".env"), "utf8"), new RegExp(`^UPSTREAM_API_KEY='${SECRET}'$`, "m"));
    assert.equal(`${said.join("\n")}${config}`.includes(SECRET), false);
    assert.match(said.join("\n"), /llama is sold 1 time here; the median is 0\.3 \/ 0\.9 USDC/);
  });

  test("asks for the router where nothing names one, and again for an upstream that is no address", async (t) => {
    const { context, asked, home, said, upstream } = await scene(t, {
      answers: ["localhost", "", "", "", "1", "2"],
      isRouterAsked: true,
      picked: ["llama"],
    });
    const ask = context.terminal.ask.bind(context.terminal);
    const terminal = {
      ...context.terminal,
      ask: async (question: string, options = {}) => {
        const answer = await ask(question, options);
        return /OpenAI-compatible/.test(question) && answer === "" ? upstream : answer;
      },
    };
    await providerInit({ ...context, terminal }, { arguments: [], options: {} });
    assert.deepEqual(
      asked.slice(0, 3).map(({ question }) => question.split(/[:,]/)[0]),
      ["The router to sell at", "Your OpenAI-compatible API", "Your OpenAI-compatible API"],
    );
    assert.match(said.join("\n"), /^Expected the address of an OpenAI-compatible API, .* Found localhost\.$/m);
    assert.match(readFileSync(join(home, "config.toml"), "utf8"), /prompt = 1\ncompletion = 2\n/);
  });

  test("a price with a digit too many is asked for again", async (t) => {
    const answers = ["", "", "0.1234567", "0.123456", "1"];
    const { init, said, home } = await scene(t, { answers, picked: ["llama"] });
    await init();
    assert.match(said.join("\n"), /Expected USDC per million tokens with at most 6 decimals/);
    assert.match(readFileSync(join(home, "config.toml"), "utf8"), /prompt = 0\.123456\n/);
  });

  const twins = [{ id: "a/llama" }, { id: "b/Llama" }];
  for (const [what, wanted, options, words] of [
    ["a price with a digit too many", {}, { ...PRICES, promptPrice: "0.1234567" }, /--prompt-price: expected USDC/],
    ["no price where nobody sells it", {}, {}, /^USDC per million prompt tokens of llama\?$/],
    ["a model that the upstream has not", {}, { ...PRICES, model: ["Llama"] }, /the upstream has no model Llama/],
    ["an upstream without models", { models: [] }, PRICES, /^The upstream has no model\.$/],
    ["two models of one slug", { models: twins }, { ...PRICES, model: ["a/llama", "b/Llama"] }, /sold as llama/],
    ["a variable that is not set", {}, { ...PRICES, upstreamKeyEnv: "MY_KEY" }, /the variable MY_KEY is not set/],
    ["a key in place of its variable", {}, { ...PRICES, upstreamKeyEnv: "sk-1" }, /expected the name of a variable/],
    [
      "a key with a quote in it",
      { environment: { MY_KEY: "sk-'x" } },
      { ...PRICES, upstreamKeyEnv: "MY_KEY" },
      /The upstream's key is none/,
    ],
    ["an author that is no name", {}, { ...PRICES, author: "me & you" }, /--author: expected 1 to 64/],
    ["days without an end", {}, { ...PRICES, validFor: "0" }, /--valid-for: expected whole days/],
    ["an address that is none", {}, { ...PRICES, upstream: "localhost:8000" }, /--upstream: expected the address/],
  ] as readonly (readonly [string, Wanted, CommandInput["options"], RegExp])[]) {
    test(`${what} ends it before anything is written`, async (t) => {
      const { init, home } = await scene(t, wanted);
      const fault = await faultOf(init(options));
      assert.match(fault.what, words);
      for (const name of ["config.toml", "compose.yaml", ".env"])
        assert.equal(existsSync(join(home, name)), false, name);
    });
  }

  test("without a yes and without anybody to ask, the market's price is told and not taken", async (t) => {
    const pricing = { prompt: "0.0000003", completion: "0.0000009" };
    const market = {
      "/api/v1/models": { data: [{ id: "meta/llama" }] },
      "/api/v1/models/meta/llama/endpoints": { data: { endpoints: [{ pricing }] } },
    };
    const { init } = await scene(t, { market, isConfirmed: false });
    const fault = await faultOf(init({ model: ["llama"] }));
    assert.deepEqual(
      [fault.why, fault.next],
      ["the market's median is 0.3, which --yes takes.", "Add --prompt-price <usdc>, or --yes."],
    );
  });

  test("a folder that cannot be written is told", async (t) => {
    const { init, home } = await scene(t);
    writeFileSync(join(home, "file"), "");
    const fault = await faultOf(init({ ...PRICES, folder: "file/shop" }));
    assert.match(fault.why ?? "", /the system says ENOTDIR/);
  });
});

test("an upstream's address is taken as people copy it", () => {
  for (const text of ["http://a:1/v1", "http://a:1/v1/", "http://a:1/v1/chat/completions", "http://a:1/v1/models"]) {
    assert.equal(readUpstreamUrl(text), "http://a:1/v1", text);
  }
  for (const text of ["", "a", "ftp://a", "http://u:p@a", "http://a?x", "http://a#x"]) {
    assert.throws(() => readUpstreamUrl(text), /--upstream: expected/, text);
  }
});

test("a model is sold as author/slug where that is its name, else under the end of it", () => {
  assert.deepEqual(marketName("llama3.2:3b"), { slug: "llama3.2-3b", author: undefined });
  assert.deepEqual(marketName("meta-llama/Llama-3.3-70B"), { slug: "Llama-3.3-70B", author: "meta-llama" });
  assert.deepEqual(marketName("accounts/fireworks/models/x"), { slug: "x", author: undefined });
  assert.deepEqual(marketName("///"), { slug: "model", author: undefined });
  assert.equal(marketName("x".repeat(100)).slug.length, 64);
});

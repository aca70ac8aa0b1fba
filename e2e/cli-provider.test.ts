// Selling from a terminal: an API becomes a provider by `aimo provider init`, sells, and sees what it earned.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { base58 } from "@scure/base";
import type { Child } from "@aimo-network/localnet/child-process";
import { startChild } from "@aimo-network/localnet/child-process";
import { systemClock } from "@aimo-network/protocol/clock";
import { parseKey } from "@aimo-network/protocol/keys/key-text";
import { verifySignedKey } from "@aimo-network/protocol/keys/verify-key";
import { parseNanoUsdc } from "@aimo-network/protocol/money";
import type { CommandResult } from "./command-result.ts";
import { aimo, aimoJson } from "./cli-run.ts";
import type { Network } from "./network.ts";
import { startNetwork, waitFor, waitForOffer } from "./network.ts";

const PROXY = new URL("../packages/proxy/src/main.ts", import.meta.url);
const SECRET = "sk-upstream-secret";

interface Offer {
  readonly model: string;
  readonly prompt_per_million: string;
  readonly completion_per_million: string;
  readonly share: number;
  readonly tier: string;
  readonly reasons: readonly { readonly code: string; readonly words: string }[];
}

describe("selling from a terminal", () => {
  let network: Network;
  let home: string;
  let wallet: string;
  let proxy: Child | undefined;

  const at = (name: string): string => join(home, name);
  const env = (more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
    AIMO_ROUTER: network.file.router_url,
    ...more,
  });
  const run = (words: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<CommandResult> =>
    aimo(words, { home, env: env(more) });
  const json = async (words: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    (await aimoJson(words, { home, env: env(more) })) as Record<string, unknown>;
  const init = (...more: readonly string[]): readonly string[] => [
    ...["provider", "init", "--upstream", network.modelUrl ?? "", "--model", "demo"],
    ...more,
  ];

  before(async () => {
    network = await startNetwork();
    home = mkdtempSync(join(tmpdir(), "aimo-provider-"));
    wallet = (await run(["wallet", "new"])).stdout.trim();
  });
  after(async () => {
    await proxy?.stop();
    rmSync(home, { recursive: true, force: true });
    await network.stop();
  });

  test("init writes a config that the proxy's own check finds ready, and keys in a file of its own", async () => {
    const prices = ["--prompt-price", "0.25", "--completion-price", "1.75"];
    const words = init("--author", "newcomer", "--folder", "shop", "--upstream-key-env", "MY_KEY", ...prices, "--yes");
    const { code, stdout, stderr } = await run(words, { MY_KEY: SECRET });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /Sells +newcomer\/demo at 0\.25 \/ 1\.75 USDC per million tokens/);
    assert.match(stdout, /Check +ready to sell/);
    assert.match(stdout, /Next:\n {2}aimo-proxy --config shop\/config\.toml\n/);
    const config = readFileSync(at("shop/config.toml"), "utf8");
    assert.match(config, new RegExp(`id = "${network.file.router_id}"`));
    assert.match(config, /api_key = "std::env::MY_KEY"/);
    const variables = readFileSync(at("shop/.env"), "utf8");
    assert.equal(statSync(at("shop/.env")).mode & 0o777, 0o600);
    assert.match(variables, new RegExp(`^MY_KEY='${SECRET}'$`, "m"));
    const key = /^AIMO_PROVIDER_KEY='(.+)'$/m.exec(variables)?.[1] ?? "";
    for (const secret of [SECRET, key]) {
      for (const text of [config, readFileSync(at("shop/compose.yaml"), "utf8"), stdout, stderr]) {
        assert.equal(text.includes(secret), false, "a key left its file");
      }
    }
    const parsed = parseKey(key);
    assert.ok(parsed.kind === "signed");
    const verified = await verifySignedKey(parsed, { routerId: network.file.router_id, nowMs: systemClock.now() });
    assert.equal(base58.encode(parsed.signer), wallet);
    assert.deepEqual(
      [verified.boundTo, verified.scopes, verified.spending.kind],
      [network.file.router_id, ["completion_model"], "earn_only"],
    );
  });

  test("init replaces nothing unasked, and all of it with --force", async () => {
    const first = readFileSync(at("shop/.env"), "utf8");
    const words = init("--folder", "shop", "--prompt-price", "1", "--completion-price", "2", "--yes");
    const refused = await run(words);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /are there already, and nothing was changed/);
    assert.equal(readFileSync(at("shop/.env"), "utf8"), first);
    const again = init("--author", "newcomer", "--folder", "shop", "--force", "--yes");
    assert.equal((await run([...again, "--prompt-price", "0.25", "--completion-price", "1.75"])).code, 0);
    assert.notEqual(readFileSync(at("shop/.env"), "utf8"), first);
    assert.equal(statSync(at("shop/.env")).mode & 0o777, 0o600);
  });

  test("init --yes takes the market's price, and asks for one where nobody sells the model", async () => {
    await network.startProvider({ models: ["demo.echo"], author: "somebody", price: "3" });
    const words = ["provider", "init", "--upstream", network.modelUrl ?? "", "--yes"];
    const found = await json([...words, "--folder", "market", "--model", "demo.echo"]);
    const [sold] = found["models"] as { prompt_per_million: string; completion_per_million: string }[];
    assert.deepEqual([sold?.prompt_per_million, sold?.completion_per_million], ["3", "3"]);
    assert.match(readFileSync(at("market/config.toml"), "utf8"), /prompt = 3\ncompletion = 3\n/);
    const unsold = await run([...words, "--folder", "nowhere", "--model", "demo.fill"]);
    assert.equal(unsold.code, 2, unsold.stdout);
    assert.match(unsold.stderr, /nobody sells this model at this router.*\n.*--prompt-price/);
    assert.equal(existsSync(at("nowhere")), false);
  });

  test("before the proxy runs, status says that nothing is sold and what to type", async () => {
    const { code, stdout } = await run(["provider", "status"]);
    assert.equal(code, 1);
    assert.match(stdout, new RegExp(`No link of ${wallet} is open`));
    assert.match(stdout, /aimo-proxy --config config\.toml/);
  });

  test("the proxy sells with nothing but the folder that init wrote", async () => {
    const program = { name: "shop", entry: PROXY, arguments: ["--config", at("shop/config.toml")], environment: {} };
    const lines: string[] = [];
    proxy = startChild(systemClock, program, { PATH: process.env["PATH"] ?? "", HOME: home }, (line) =>
      lines.push(line),
    );
    await waitForOffer(network.file.router_url, "newcomer/demo", wallet);
    const found = await json(["provider", "status"]);
    assert.deepEqual([found["connected"], found["links"], found["wallet"]], [true, 1, wallet]);
    const [offer, ...others] = found["offers"] as Offer[];
    assert.ok(offer !== undefined, lines.join("\n"));
    assert.deepEqual(others, []);
    assert.deepEqual(
      [offer.model, offer.prompt_per_million, offer.completion_per_million],
      ["newcomer/demo", "0.25", "1.75"],
    );
    assert.equal(offer.tier, "good");
    assert.ok(offer.reasons.length > 0 && offer.reasons.every(({ words }) => words !== ""));
    const shown = await run(["provider", "status"]);
    assert.equal(shown.code, 0);
    assert.match(shown.stdout, /newcomer\/demo +0\.25 +1\.75 /);
  });

  test("earnings show what was charged for an answer, to the last digit", async () => {
    const answer = await network.client.chat.completions.create({
      model: "newcomer/demo",
      max_tokens: 20,
      messages: [{ role: "user", content: "Hello" }],
    });
    const { prompt_tokens: prompt = 0, completion_tokens: completion = 0 } = answer.usage ?? {};
    const cost = BigInt(prompt) * 250n + BigInt(completion) * 1_750n; // nano-USDC
    const found = await waitFor("the earnings", async () => {
      const told = await json(["provider", "earnings"]);
      return (told["by_day"] as unknown[]).length > 0 ? told : undefined;
    });
    assert.equal(parseNanoUsdc(String(found["payable"])), cost);
    assert.equal(found["claimable"], "0");
    const [day] = found["by_day"] as { model: string; requests: string; earned: string }[];
    assert.deepEqual([day?.model, day?.requests, parseNanoUsdc(day?.earned ?? "0")], ["newcomer/demo", "1", cost]);
    const shown = await run(["provider", "earnings"]);
    assert.match(shown.stdout, new RegExp(`Unsettled +${String(found["payable"]).replace(".", "\\.")} USDC`));
    assert.match(shown.stdout, /newcomer\/demo +1 +0\.\d+/);
  });

  test("check passes the proxy's exit code on", async () => {
    const ready = await run(["provider", "check", "--config", at("shop/config.toml")]);
    assert.equal(ready.code, 0, ready.stdout);
    assert.match(ready.stdout, /Ready to sell\./);
    const report = await json(["provider", "check", "--config", at("shop/config.toml")]);
    assert.equal(report["ready"], true);
    const config = readFileSync(at("shop/config.toml"), "utf8");
    writeFileSync(at("shop/broken.toml"), config.replace(/api_base = .*/, 'api_base = "http://127.0.0.1:1/v1"'));
    const broken = await run(["provider", "check", "--config", at("shop/broken.toml")]);
    assert.equal(broken.code, 1);
    assert.match(broken.stdout, /FAILS +demo .*ECONNREFUSED/);
    const other = config.replace(network.file.router_id, wallet);
    writeFileSync(at("shop/stranger.toml"), other);
    const stranger = await run(["provider", "check", "--config", at("shop/stranger.toml")]);
    assert.equal(stranger.code, 1);
    assert.match(stranger.stdout, new RegExp(`the router ${network.file.router_id} is there, expected ${wallet}`));
  });
});

// The doctor from a terminal: a network where all is well, and then one thing after the other goes wrong.
import assert from "node:assert/strict";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { CommandResult } from "./command-result.ts";
import { aimo } from "./cli-run.ts";
import type { MoneyNetwork } from "./money-network.ts";
import { startMoneyNetwork } from "./money-network.ts";

interface Answer {
  readonly id: string;
  readonly verdict: "good" | "bad" | "open";
  readonly words: string;
  readonly next: string | null;
}

interface Diagnosis {
  readonly code: number | string;
  readonly answers: ReadonlyMap<string, Answer>;
  readonly wrong: readonly string[];
}

describe("the doctor", () => {
  let network: MoneyNetwork;
  let home: string;
  const walletFile = (): string => join(home, ".config/solana/id.json");

  const run = (words: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<CommandResult> => {
    const env = { AIMO_ROUTER: network.file.router_url, AIMO_RPC_URL: network.money?.rpcUrl ?? "", ...more };
    return aimo(["doctor", ...words], { home, env });
  };
  const diagnose = async (
    words: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<Diagnosis> => {
    const { code, stdout, stderr } = await run([...words, "--json"], more);
    assert.notEqual(stdout, "", stderr);
    const { questions } = JSON.parse(stdout) as { questions: Answer[] };
    const wrong = questions.filter(({ verdict }) => verdict === "bad").map(({ id }) => id);
    return { code, answers: new Map(questions.map((each) => [each.id, each])), wrong };
  };

  before(async () => {
    network = await startMoneyNetwork({ withProvider: true });
    home = mkdtempSync(join(tmpdir(), "aimo-doctor-"));
    mkdirSync(join(home, ".config/solana"), { recursive: true });
    copyFileSync(network.file.user.wallet_file, walletFile());
    chmodSync(walletFile(), 0o600);
  });
  after(async () => {
    rmSync(home, { recursive: true, force: true });
    await network.stop();
  });

  test("finds nothing wrong with a user who has paid in", async () => {
    const { code, answers, wrong } = await diagnose([]);
    assert.deepEqual(wrong, [], JSON.stringify([...answers.values()], undefined, 1));
    assert.equal(code, 0);
    for (const id of ["node", "router", "version.router", "clock", "wallet", "sol", "escrow", "balance", "allowance"]) {
      assert.equal(answers.get(id)?.verdict, "good", `${id}: ${answers.get(id)?.words}`);
    }
    assert.equal(answers.get("config")?.verdict, "open");
    assert.equal(answers.get("api_key")?.verdict, "open");
    const shown = await run([]);
    assert.equal(shown.code, 0);
    assert.match(shown.stdout, /^✓ Node\.js /m);
    assert.match(shown.stdout, /Nothing is wrong\.\n$/);
  });

  test("finds nothing wrong with a key of this router, and says what is wrong with others", async () => {
    const key = network.file.user.api_key;
    const { wrong, answers } = await diagnose([], { AIMO_API_KEY: key });
    assert.deepEqual(wrong, []);
    for (const part of ["api_key", "api_key.router", "api_key.expiry", "api_key.scopes"]) {
      assert.equal(answers.get(part)?.verdict, "good", part);
    }
    const madeHere = (await aimo(["keygen", "--router", network.file.router_url], { home })).stdout.trim();
    const elsewhere = "4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi";
    const foreign = (await aimo(["keygen", "--router", elsewhere], { home })).stdout.trim();
    assert.deepEqual((await diagnose([], { AIMO_API_KEY: madeHere })).wrong, []);
    const other = await diagnose([], { AIMO_API_KEY: foreign });
    assert.equal(other.code, 1);
    assert.deepEqual(other.wrong, ["api_key", "api_key.router"]);
    assert.match(other.answers.get("api_key")?.next ?? "", /aimo keygen --router/);
    const noKey = await diagnose([], { AIMO_API_KEY: "hunter2" });
    assert.deepEqual(noKey.wrong, ["api_key"]);
    assert.equal(JSON.stringify([...noKey.answers.values()]).includes("hunter2"), false);
    const bearer = { authorization: `Bearer ${madeHere}`, "content-type": "application/json" };
    const revoked = await fetch(`${network.file.router_url}/api/v1/keys/revoke`, {
      method: "POST",
      headers: bearer,
      body: "{}",
    });
    assert.equal(revoked.status, 200, await revoked.text());
    const gone = await diagnose([], { AIMO_API_KEY: madeHere });
    assert.deepEqual(gone.wrong, ["api_key"]);
    assert.match(gone.answers.get("api_key")?.words ?? "", /refuses it: .*revoked/);
  });

  test("a wallet that others can read is wrong, with the chmod to type", async () => {
    chmodSync(walletFile(), 0o644);
    const { wrong, answers } = await diagnose([]);
    chmodSync(walletFile(), 0o600);
    assert.deepEqual(wrong, ["wallet"]);
    assert.match(answers.get("wallet")?.next ?? "", /^chmod 600 /);
    assert.equal(answers.get("sol")?.words, "not asked: there is no wallet here");
  });

  test("a wallet without anything lacks SOL, an escrow and a balance", async () => {
    const poor = join(home, "poor.json");
    await aimo(["wallet", "new", "--id", poor], { home });
    const { wrong, answers } = await diagnose(["--id", poor]);
    assert.deepEqual(wrong, ["sol", "escrow", "balance"]);
    assert.match(answers.get("sol")?.next ?? "", /^Send SOL to /);
    assert.match(answers.get("escrow")?.next ?? "", /aimo topup/);
  });

  test("a router that is away is one fault, and what needs it is not asked", async () => {
    const { code, wrong, answers } = await diagnose([], { AIMO_ROUTER: "http://127.0.0.1:1" });
    assert.equal(code, 1);
    assert.deepEqual(wrong, ["router"]);
    assert.match(answers.get("router")?.words ?? "", /nothing listens at 127\.0\.0\.1:1/);
    for (const id of ["version.router", "clock", "balance"]) assert.equal(answers.get(id)?.verdict, "open", id);
  });

  test("a node that is away is told where the chain is asked, and nowhere else", async () => {
    const { wrong } = await diagnose([], { AIMO_RPC_URL: "http://127.0.0.1:1" });
    assert.deepEqual(wrong, ["sol", "usdc", "escrow", "allowance"]);
  });

  test("a provider's config, key, upstream and usage are looked at", async () => {
    const folder = join(home, "shop");
    const prices = ["--prompt-price", "1", "--completion-price", "2", "--yes"];
    const words = ["provider", "init", "--upstream", network.modelUrl ?? "", "--model", "demo", "--folder", folder];
    const made = await aimo([...words, ...prices], { home, env: { AIMO_ROUTER: network.file.router_url } });
    assert.equal(made.code, 0, made.stderr);
    const config = join(folder, "config.toml");
    const fine = await diagnose(["--config", config]);
    assert.deepEqual(fine.wrong, []);
    for (const id of [
      "config",
      "config.router",
      "config.upstream",
      "config.usage",
      "provider_key",
      "provider_key.router",
    ]) {
      assert.equal(fine.answers.get(id)?.verdict, "good", `${id}: ${fine.answers.get(id)?.words}`);
    }
    const text = readFileSync(config, "utf8");
    writeFileSync(config, text.replace(/api_base = .*/, 'api_base = "http://127.0.0.1:1/v1"'));
    const away = await diagnose(["--config", config]);
    assert.deepEqual(away.wrong, ["config.upstream"]);
    assert.match(away.answers.get("config.upstream")?.words ?? "", /^demo: .*ECONNREFUSED/);
    assert.equal(away.answers.get("config.usage")?.words, "not asked: no model answers");
    writeFileSync(config, `${text}\ncolour = 1\n`);
    const faulty = await diagnose(["--config", config]);
    assert.deepEqual(faulty.wrong, ["config"]);
    assert.match(faulty.answers.get("config")?.words ?? "", /colour/);
    const missing = await diagnose(["--config", join(folder, "other.toml")]);
    assert.deepEqual(missing.wrong, ["config"]);
  });
});

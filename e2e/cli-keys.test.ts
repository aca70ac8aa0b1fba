// Wallets and keys from a terminal, against a real router: what `aimo` makes works, and what it ends is over.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { parseNanoUsdc } from "@aimo-network/protocol/money";
import { formatKeyFile, keyOfSeed } from "@aimo-network/protocol/keys/wallet-key";
import { base58 } from "@scure/base";
import type { CommandResult } from "./command-result.ts";
import { aimo, aimoJson } from "./cli-run.ts";
import type { Network } from "./network.ts";
import { startNetwork } from "./network.ts";

const ENTRY = fileURLToPath(new URL("../packages/cli/src/main.ts", import.meta.url));
const BEARER = /^aimo-sk-v2-[1-9A-HJ-NP-Za-km-z]{150,}\n$/;

interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly cost: string;
}

describe("keys from a terminal", () => {
  let network: Network;
  let home: string;
  const model = "test/counted";

  /** Runs `aimo` with the demo user's wallet and the network's router. */
  const run = (
    words: readonly string[],
    more: Readonly<Record<string, string>> = {},
    input = "",
  ): Promise<CommandResult> => aimo(words, { home, env: { AIMO_ROUTER: network.file.router_url, ...more }, input });

  const json = async (words: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    (await aimoJson(words, { home, env: { AIMO_ROUTER: network.file.router_url, ...more } })) as Record<
      string,
      unknown
    >;

  async function ask(key: string): Promise<Answer> {
    const response = await fetch(`${network.file.router_url}/api/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ model, max_tokens: 20, messages: [{ role: "user", content: "Hello" }] }),
    });
    const body = (await response.json()) as { error?: { metadata?: { error_code?: string } } };
    const cost = response.headers.get("x-aimo-cost") ?? "0";
    return { status: response.status, code: body.error?.metadata?.error_code, cost };
  }

  before(async () => {
    network = await startNetwork();
    home = mkdtempSync(join(tmpdir(), "aimo-home-"));
    mkdirSync(join(home, ".config/solana"), { recursive: true });
    writeFileSync(join(home, ".config/solana/id.json"), readFileSync(network.file.user.wallet_file), { mode: 0o600 });
    await network.startProvider({ models: [{ name: "counted", model: "demo" }], price: "0.01", requestPrice: "0.01" });
  });
  after(async () => {
    rmSync(home, { recursive: true, force: true });
    await network.stop();
  });

  test("the key of the first-generation command line answers a request, and standard output is that key alone", async () => {
    const words = ["keygen", "--tag", "dev", "--valid-for", "90", "--scopes", "completion_model"];
    const unbound = await run(words, { AIMO_ROUTER: "" });
    assert.equal(unbound.code, 0);
    assert.match(unbound.stdout, BEARER);
    assert.match(unbound.stderr, /bound to no router/);
    const bound = await run(words);
    assert.match(bound.stdout, BEARER);
    assert.match(bound.stderr, new RegExp(`at the router ${network.file.router_id} alone`));
    const plain = await run(["keygen", "--first-generation", "--quiet"]);
    assert.equal(plain.stderr, "");
    for (const { stdout } of [unbound, bound, plain]) assert.equal((await ask(stdout.trim())).status, 200);
    const earning = await run(["keygen", "--earn-only"]);
    assert.equal((await ask(earning.stdout.trim())).status, 403);
  });

  test("a shell takes it with $(aimo keygen …), into the environment and into a pipe", async () => {
    const bin = join(home, "bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, "aimo"), `#!/bin/sh\nexec '${process.execPath}' '${ENTRY}' "$@"\n`, { mode: 0o755 });
    const script = [
      'export AIMO_API_KEY="$(aimo keygen --router "$AIMO_ROUTER" --tag dev --scopes completion_model --usage-limit 2)"',
      "aimo keys inspect --json > by-variable.json",
      'printf "%s\\n" "$AIMO_API_KEY" | AIMO_API_KEY= aimo keys inspect --json > by-pipe.json',
      'printf "%s" "$AIMO_API_KEY"',
    ].join("\n");
    const env = { PATH: `${bin}:${process.env["PATH"] ?? ""}`, HOME: home, AIMO_ROUTER: network.file.router_url };
    const { stdout } = await promisify(execFile)("/bin/sh", ["-eu", "-c", script], { cwd: home, env });
    assert.match(`${stdout}\n`, BEARER);
    const [first, second] = ["by-variable.json", "by-pipe.json"].map(
      (name) => JSON.parse(readFileSync(join(home, name), "utf8")) as Record<string, unknown>,
    );
    assert.deepEqual(first, second);
    const { signature, router, usage_limit: limit, tag, at_router: atRouter } = first ?? {};
    assert.deepEqual([signature, router, limit, tag], ["valid", network.file.router_id, "2", "dev"]);
    assert.equal((atRouter as { accepted: unknown }).accepted, true);
  });

  test("a revoked key is refused by the next request, and says so when it is looked at", async () => {
    const { key, key_id: id } = await json(["keygen"]);
    assert.equal((await ask(String(key))).status, 200);
    const unasked = await run(["keys", "revoke", String(id)]);
    assert.equal(unasked.code, 7);
    assert.equal((await ask(String(key))).status, 200);
    const { code, stdout } = await run(["keys", "revoke", String(id), "--yes"]);
    assert.deepEqual([code, stdout], [0, `${String(id)} revoked\n`]);
    const { status, code: refusal } = await ask(String(key));
    assert.deepEqual([status, refusal], [401, "key_revoked"]);
    const looked = await run(["keys", "inspect"], { AIMO_API_KEY: String(key) });
    assert.equal(looked.code, 1);
    assert.match(looked.stdout, /refused: /);
    assert.ok(!`${looked.stdout}${looked.stderr}`.includes(String(key)));
  });

  test("an issued key spends up to its limit, is listed with what it spent, and ends when it is revoked", async () => {
    const made = await run([
      "keys",
      "create",
      "--limit",
      "0.025",
      "--reset",
      "monthly",
      "--name",
      "team",
      "--models",
      model,
    ]);
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stdout, /^aimo-sk-u1-[1-9A-HJ-NP-Za-km-z]{40,}\n$/);
    const key = made.stdout.trim();
    const answers = [await ask(key), await ask(key), await ask(key)];
    assert.deepEqual(
      answers.map(({ status, code }) => [status, code]),
      [
        [200, undefined],
        [200, undefined],
        [402, "key_limit_exceeded"],
      ],
    );
    const spent = answers.reduce((sum, { cost }) => sum + parseNanoUsdc(cost), 0n);
    const { keys } = (await json(["keys", "list"])) as { keys: readonly Record<string, string>[] };
    const listed = keys.find(({ name }) => name === "team");
    assert.ok(listed !== undefined);
    assert.deepEqual([listed["limit"], listed["limit_reset"], listed["state"]], ["0.025", "monthly", "good"]);
    assert.equal(parseNanoUsdc(listed["usage"] ?? ""), spent);
    assert.equal(parseNanoUsdc(listed["limit_remaining"] ?? ""), 25_000_000n - spent);
    const id = listed["key_id"] ?? "";
    const looked = await json(["keys", "inspect"], { AIMO_API_KEY: key });
    assert.deepEqual([looked["kind"], looked["key_id"]], ["issued", id]);
    await run(["keys", "revoke", id, "--yes"]);
    assert.equal((await ask(key)).status, 401);
    assert.doesNotMatch((await run(["keys", "list"])).stdout, /team/);
    assert.match((await run(["keys", "list", "--all"])).stdout, new RegExp(`^${id} +team .* revoked$`, "m"));
  });

  test("a wallet that others may read is refused until the command that is told was typed", async () => {
    const file = join(home, ".config/solana/id.json");
    chmodSync(file, 0o644);
    for (const words of [["wallet", "show"], ["keygen"], ["keys", "list"], ["keys", "create"]]) {
      const { code, stdout, stderr } = await run(words);
      assert.deepEqual([code, stdout], [5, ""]);
      assert.match(stderr, /others may read it/);
      assert.ok(!stderr.includes(readFileSync(file, "utf8").slice(1, 12)));
    }
    const { stderr } = await run(["keygen"]);
    const typed = /next: (.*)$/m.exec(stderr)?.[1] ?? "";
    assert.equal(typed, `chmod 600 ${file}`);
    await promisify(execFile)("/bin/sh", ["-c", typed]);
    assert.equal((await run(["wallet", "show"])).code, 0);
  });

  test("wallets are made and imported for their owner alone, and no private key is ever printed", async () => {
    const made = await run(["wallet", "new", "--id", "keys/new.json"]);
    assert.equal(made.code, 0);
    const file = join(home, "keys/new.json");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(join(home, "keys")), ["new.json"]);
    assert.deepEqual(await json(["wallet", "show", "--id", file]), { address: made.stdout.trim(), file });
    assert.equal((await run(["wallet", "new", "--id", file])).code, 5);
    const key = await keyOfSeed(new Uint8Array(32).fill(3));
    const imported = await run(["wallet", "import", "--id", "phantom.json"], {}, `${base58.encode(key)}\n`);
    assert.equal(imported.stdout, `${base58.encode(key.subarray(32))}\n`);
    assert.equal(readFileSync(join(home, "phantom.json"), "utf8"), formatKeyFile(key));
    const typed = await run(["wallet", "import", base58.encode(key), "--id", "typed.json"]);
    assert.equal(typed.code, 2, "a private key is no argument");
    for (const { stdout, stderr } of [made, imported, typed])
      assert.ok(!`${stdout}${stderr}`.includes(base58.encode(key)));
  });

  test("without a wallet, and with what a key cannot be, nothing is made and the way on is told", async () => {
    const none = await run(["keygen", "--id", "none.json"]);
    assert.deepEqual([none.code, none.stdout], [5, ""]);
    assert.match(none.stderr, /next: aimo wallet new --id \S+none\.json makes one/);
    const wrong = await run(["keygen", "--valid-for", "400"]);
    assert.deepEqual([wrong.code, wrong.stdout], [2, ""]);
    assert.match(wrong.stderr, /expected whole days from 1 to 366/);
  });
});

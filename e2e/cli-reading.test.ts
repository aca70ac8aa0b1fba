// What people read in a terminal, on a real network: what is on sale and where, what they have, and that it was billed rightly.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { callRpc } from "@aimo-network/localnet/chain/rpc-call";
import { makeUserKey } from "@aimo-network/localnet/demo-keys";
import { loadWallet } from "@aimo-network/localnet/wallets";
import type { FileWallet } from "@aimo-network/localnet/wallets";
import { systemClock } from "@aimo-network/protocol/clock";
import { formatNanoUsdc, nanoUsdc, parseMicroUsdc, parseNanoUsdc } from "@aimo-network/protocol/money";
import type { CommandResult } from "./command-result.ts";
import { aimo, aimoJson, startAimo } from "./cli-run.ts";
import { askOnce } from "./money-requests.ts";
import type { PaidAnswer } from "./money-requests.ts";
import type { MoneyNetwork } from "./money-network.ts";
import { balanceOf, startMoneyNetwork, waitForDeposits } from "./money-network.ts";
import type { TestProvider } from "./network.ts";
import { waitFor } from "./network.ts";

type Json = Readonly<Record<string, unknown>>;

describe("reading in a terminal", () => {
  let network: MoneyNetwork;
  let provider: TestProvider;
  let home: string;
  let wallet: FileWallet;
  let key: string;
  let router: readonly string[];
  let node: readonly string[];
  const answers: PaidAnswer[] = [];

  const run = (words: readonly string[], at = home): Promise<CommandResult> => aimo(words, { home: at });
  const json = async (words: readonly string[]): Promise<Json> => (await aimoJson(words, { home })) as Json;
  const spent = (): bigint => answers.reduce((sum, { cost }) => sum + cost, 0n);

  before(async () => {
    network = await startMoneyNetwork();
    const { router_url: url, router_id: routerId } = network.file;
    home = mkdtempSync(join(tmpdir(), "aimo-home-"));
    router = ["--router", url];
    node = ["--rpc-url", network.chain.place.rpcUrl];
    provider = await network.startProvider({ models: ["demo"], price: "100" });
    wallet = loadWallet(join(home, ".config/solana/id.json"));
    const means = { lamports: 100_000_000n, usdc: parseMicroUsdc("8"), deposit: parseMicroUsdc("5") };
    await network.money?.faucet.fund(wallet, means);
    key = await makeUserKey(systemClock, wallet, routerId);
    await waitForDeposits(url, key, parseMicroUsdc("5"));
    for (let count = 0; count < 3; count += 1) {
      answers.push(await askOnce({ url, key, model: "test/demo", maxTokens: 50, stream: count === 1 }));
    }
    assert.ok(answers.every(({ cost }) => cost > 0n));
  });
  after(async () => {
    await network.stop();
    rmSync(home, { recursive: true, force: true });
  });

  test("models are listed without a wallet, a key, or anything known before", async () => {
    const empty = mkdtempSync(join(tmpdir(), "aimo-home-"));
    const { code, stdout, stderr } = await run(["models", "test/demo", ...router], empty);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^MODEL +IN\/M +OUT\/M +CONTEXT +VERIFIED +UPTIME +P50 +TOK\/S\ntest\/demo +100 +100 /);
    const { models } = (await aimoJson(["models"], { home: empty })) as { models: Json[] };
    assert.deepEqual(models.map(({ id, prompt_per_million: price }) => [id, price]).at(-1), ["test/demo", "100"]);
    assert.equal((await run(["models", "--supports", "telepathy", ...router])).code, 4);
    const who = await run(["models", "--providers", "test/demo", ...router]);
    assert.match(who.stdout, new RegExp(`^SHARE .*\n *100% +good .*\n  ${provider.wallet}\n`), who.stderr);
    rmSync(empty, { recursive: true });
  });

  test("whoever reads only the beginning of the list is no fault", async () => {
    const child = startAimo(["models", ...router], { home });
    child.stdout?.destroy();
    const [code] = (await once(child, "close")) as [number | null];
    assert.equal(code, 0);
  });

  test("the chain's directory has the router, and its id alone leads there", async () => {
    const { programAddress } = network.chain.place.router;
    const { code, stdout, stderr } = await run(["routers", ...node, "--program", programAddress]);
    const { router_id: id, router_url: url } = network.file;
    assert.equal(code, 0, stderr);
    assert.match(stderr, /nobody vouches/);
    assert.match(stdout, new RegExp(`${url.replaceAll(".", "\\.")} +2\\.5% .*\n  ${id}`));
    const empty = mkdtempSync(join(tmpdir(), "aimo-home-"));
    const byId = ["models", "--router", id];
    assert.equal((await run(byId, empty)).code, 2);
    const found = await run([...byId, ...node, "--program", programAddress], empty);
    assert.deepEqual([found.code, found.stderr], [0, ""]);
    assert.equal((await run(byId, empty)).code, 0);
    rmSync(empty, { recursive: true });
  });

  test("the router says which Solana its money is on, and how old a charge may get", async () => {
    const genesis = await callRpc(network.chain.place.rpcUrl, "getGenesisHash");
    const told = (await (await fetch(`${network.file.router_url}/.well-known/aimo.json`)).json()) as {
      readonly chain: Json;
      readonly limits: Json;
    };
    assert.equal(told.chain["network"], `solana:${String(genesis).slice(0, 32)}`);
    assert.equal(told.limits["settle_age_ms"], 500);
  });

  test("the balance has the router's digits, and the chain's where a node is named", async () => {
    await waitFor("everything to be settled", async () => {
      const { payable } = await balanceOf(network.file.router_url, key);
      return parseNanoUsdc(payable) < 1_000n || undefined;
    });
    const told = await balanceOf(network.file.router_url, key);
    const left = formatNanoUsdc(nanoUsdc(5_000_000_000n - spent()));
    assert.equal(told.available, left);
    const alone = await run(["balance", ...router]);
    assert.match(alone.stdout, new RegExp(`^available +${left} USDC`), alone.stderr);
    const { allowance, on_wallet: onWallet, ...rest } = await json(["balance", ...router, ...node]);
    assert.equal(rest["available"], left);
    assert.equal(rest["wallet"], wallet.address);
    const settled = spent() / 1_000n;
    assert.equal((allowance as Json)["settled"], formatNanoUsdc(nanoUsdc(settled * 1_000n)));
    assert.equal((onWallet as Json)["usdc"], "3");
    assert.match(String((onWallet as Json)["sol"]), /^0\.0\d+$/);
  });

  test("the activity is what was charged, by day and answer by answer", async () => {
    const { total, days } = await json(["activity", ...router]);
    assert.equal(total, formatNanoUsdc(nanoUsdc(spent())));
    assert.equal(
      (days as Json[]).reduce((sum, { requests }) => sum + Number(requests), 0),
      3,
    );
    const { generations } = await json(["activity", "--generations", "--limit", "2", ...router]);
    const newest = answers.toReversed().slice(0, 2);
    assert.deepEqual(
      (generations as Json[]).map(({ id, cost, provider: by }) => [id, cost, by]),
      newest.map(({ generationId, cost }) => [generationId, formatNanoUsdc(nanoUsdc(cost)), provider.wallet]),
    );
    const { stdout } = await run(["activity", "--generations", "--csv", ...router]);
    assert.equal(stdout.trim().split("\n").length, 4);
  });

  test("every answer is verified on the chain by oneself, once it is settled", async () => {
    for (const { generationId = "" } of answers) {
      const words = ["verify", generationId, ...router, ...node];
      const { stdout, stderr } = await waitFor(`${generationId} to be verified`, async () => {
        const found = await run(words);
        assert.ok(found.code === 0 || found.code === 8, found.stdout + found.stderr);
        return found.code === 0 ? found : undefined;
      });
      assert.match(
        stdout,
        /✓ receipt .*\n✓ record .*\n✓ cost .*\n✓ leaf .*\n✓ root .*\n✓ transaction .*, final, /,
        stderr,
      );
      assert.match(stdout, /was billed as it was told/);
    }
  });

  test("the receipt of another's answer is nobody else's to see", async () => {
    const other = mkdtempSync(join(tmpdir(), "aimo-home-"));
    loadWallet(join(other, ".config/solana/id.json"));
    const { code, stderr } = await run(["verify", answers[0]?.generationId ?? "", ...router, ...node], other);
    assert.equal(code, 4, stderr);
    rmSync(other, { recursive: true });
  });
});

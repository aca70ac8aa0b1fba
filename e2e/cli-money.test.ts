// Money from a terminal on a real network: in, bounded, out with the router and without it, to the micro-USDC.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { associatedTokenAddress } from "@aimo-network/escrow/addresses";
import { makeUserKey } from "@aimo-network/localnet/demo-keys";
import { systemClock } from "@aimo-network/protocol/clock";
import { formatKeyFile, keyOfSeed, walletOfKey } from "@aimo-network/protocol/keys/wallet-key";
import { parseMicroUsdc, parseNanoUsdc } from "@aimo-network/protocol/money";
import { systemRandom } from "@aimo-network/protocol/random";
import type { Address } from "@solana/kit";
import { passOnChain } from "./chain-time.ts";
import type { CommandResult } from "./command-result.ts";
import { aimo, aimoJson } from "./cli-run.ts";
import { askOnce } from "./money-requests.ts";
import type { MoneyNetwork } from "./money-network.ts";
import { balanceOf, startMoneyNetwork } from "./money-network.ts";
import { waitFor } from "./network.ts";

type Json = Readonly<Record<string, unknown>>;

const USDC = 1_000_000n;

describe("money from a terminal", () => {
  let network: MoneyNetwork;
  let home: string;
  let address: Address;
  let key: string;
  let file: string;

  const run = (words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> =>
    aimo(words, { home, env });
  const json = async (words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Json> =>
    (await aimoJson([...words, "--yes"], { home, env })) as Json;
  const byNode = (): readonly string[] => ["--rpc-url", network.chain.place.rpcUrl];
  const escrow = async () => {
    const { escrow: found } = await network.chain.user(address);
    assert.ok(found !== undefined);
    return found.data;
  };
  const tokens = (owner: Address = address): Promise<bigint> => network.chain.tokens(owner);
  const wait = (seconds: bigint): Promise<void> => passOnChain(network.chain, seconds);

  before(async () => {
    network = await startMoneyNetwork();
    home = mkdtempSync(join(tmpdir(), "aimo-home-"));
    mkdirSync(join(home, ".config/solana"), { recursive: true });
    file = join(home, ".config/solana/id.json");
    const bytes = await keyOfSeed(systemRandom.bytes(32));
    const wallet = await walletOfKey(bytes);
    assert.ok(wallet !== undefined);
    writeFileSync(file, formatKeyFile(bytes), { mode: 0o600 });
    address = wallet.address as Address;
    key = await makeUserKey(systemClock, wallet, network.file.router_id);
    await network.money?.faucet.give(address, { lamports: 100_000_000n, usdc: parseMicroUsdc("20") });
  });
  after(async () => {
    await network.stop();
    rmSync(home, { recursive: true, force: true });
  });

  test("aimo topup 5, as first-generation guides print it, asks where nobody can answer, and signs nothing", async () => {
    const { code, stdout, stderr } = await run([
      ...["topup", "5", "--router-url", network.file.router_url],
      ...[...byNode(), "--id", file],
    ]);
    assert.deepEqual([code, stdout], [7, ""], stderr);
    assert.match(stderr, /Opens .*'s escrow at router .*at most 5\.00 USDC may ever be settled/);
    assert.match(stderr, /Deposits 5\.00 USDC from/);
    assert.match(stderr, /Add --yes/);
    assert.equal(await tokens(), 20n * USDC);
  });

  test("with --yes it opens the escrow, deposits, and is done when the money can be spent", async () => {
    const told = await json(["topup", "5", "--router-url", network.file.router_url, ...byNode(), "--id", file]);
    assert.deepEqual(
      [told["amount"], told["balance"], told["deposited"], told["lockable"], told["credited"]],
      ["5", "5", "5", "5", true],
    );
    assert.match(
      String(told["explorer_url"]),
      /^https:\/\/explorer\.solana\.com\/tx\/.*\?cluster=custom&customUrl=http/,
    );
    assert.deepEqual([await tokens(), (await escrow()).balance], [15n * USDC, 5n * USDC]);
    const { router_url: url, model } = network.file;
    assert.equal((await askOnce({ url, key, model })).status, 200);
  });

  test("by the router alone it deposits and raises the allowance by as much; text tells both", async () => {
    const { code, stdout, stderr } = await run(["topup", "2.500001", "--yes", "--router", network.file.router_url]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^Deposited 2\.500001 USDC\. You can spend 7\.\d+ USDC now\.\n$/);
    assert.match(stderr, /✓ confirmed: [1-9A-HJ-NP-Za-km-z]+\n/);
    assert.deepEqual([(await escrow()).depositedTotal, (await escrow()).allowTotal], [7_500_001n, 7_500_001n]);
    assert.equal(await tokens(), 12_499_999n);
  });

  test("the allowance is shown, raised at once, and lowered after the notice", async () => {
    const shown = await json(["allowance", ...byNode()]);
    assert.deepEqual([shown["total"], shown["pending"]], ["7.500001", null]);
    const raised = await json(["allowance", "--total", "20", "--expires-in", "30", ...byNode()]);
    assert.equal(raised["total"], "20", "more is in force at once; the earlier end waits");
    assert.notEqual((raised["pending"] as Json)["expires_at"], raised["expires_at"]);
    const { code, stderr } = await run(["allowance", "--total", "3", "--yes", ...byNode()]);
    assert.deepEqual([code, /NoticePending/.test(stderr)], [4, true], stderr);
    const higher = await json(["allowance", "--total", "30", ...byNode()]);
    assert.deepEqual([higher["total"], higher["pending"]], ["30", null]);
    assert.equal((await escrow()).allowTotal, 30n * USDC);
  });

  test("withdrawals pay the wallet, or the account that is named, exactly", async () => {
    const had = await tokens();
    const told = await json(["withdraw", "1.25"]);
    assert.deepEqual(
      [told["amount"], told["destination"]],
      ["1.25", await associatedTokenAddress({ owner: address, mint: network.chain.place.mint })],
    );
    assert.equal(await tokens(), had + 1_250_000n);
    const { provider } = network.file;
    const other = provider.wallet as Address;
    const to = await associatedTokenAddress({ owner: other, mint: network.chain.place.mint });
    await network.money?.faucet.give(other, { usdc: parseMicroUsdc("0.000001") });
    const theirs = await tokens(other);
    const named = await json(["withdraw", "0.000007", "--to", to, ...byNode()]);
    assert.deepEqual([named["destination"], await tokens(other)], [to, theirs + 7n]);
    const { code, stderr } = await run(["withdraw", "1", "--to", other, "--yes"]);
    assert.equal(code, 4, stderr);
    assert.match(stderr, /BadDestination/);
  });

  test("more than there is, a digit too many, and nothing are refused, each in its own words", async () => {
    const most = await run(["withdraw", "500", "--yes"]);
    assert.deepEqual([most.code, /may be withdrawn now/.test(most.stderr)], [4, true], most.stderr);
    for (const words of [
      ["withdraw", "1.0000001"],
      ["topup", "0"],
      ["allowance", "--total", "1e3"],
      ["topup", "-1"],
    ]) {
      const { code, stdout } = await run([...words, "--yes"]);
      assert.deepEqual([words, code, stdout], [words, 2, ""]);
    }
    const poor = await run(["topup", "500", "--yes", ...byNode()]);
    assert.equal(poor.code, 6, poor.stderr);
    assert.match(poor.stderr, /less than 500\.00 USDC/);
    const poorByRouter = await run(["topup", "500", "--yes"], {
      AIMO_HOME: join(home, "elsewhere"),
      AIMO_ROUTER: network.file.router_url,
    });
    assert.equal(poorByRouter.code, 6, poorByRouter.stderr);
    assert.match(poorByRouter.stderr, /too few tokens/);
  });

  test("a withdrawal that was asked for and not signed is gone on with", async () => {
    const had = await tokens();
    const { code } = await run(["withdraw", "0.5"]);
    assert.equal(code, 7, "nobody could be asked, and the router holds the amount");
    const other = await run(["withdraw", "0.75", "--yes"]);
    assert.equal(other.code, 4, other.stderr);
    assert.match(other.stderr, /A withdrawal of 0\.50 USDC is open already/);
    assert.match(other.stderr, /aimo withdraw 0\.5 goes on with it/);
    assert.equal(await tokens(), had);
    const told = await json(["withdraw", "0.5"]);
    assert.equal(told["amount"], "0.5");
    assert.equal(await tokens(), had + 500_000n);
  });

  test("earnings are withdrawn, paid elsewhere after the delay, and taken out without the router", async () => {
    const { provider, router_url: url, model } = network.file;
    const at = ["--id", provider.wallet_file];
    for (let count = 0; count < 3; count += 1) assert.equal((await askOnce({ url, key, model })).status, 200);
    await network.insistOnAgreement();
    const claimable = async (): Promise<bigint> => {
      const { provider: account } = await network.chain.provider(provider.wallet as Address);
      return (account?.data.earnedTotal ?? 0n) - (account?.data.withdrawnTotal ?? 0n);
    };
    await waitFor("earnings", async () => ((await claimable()) > 10n ? true : undefined));
    const had = await tokens(provider.wallet as Address);
    const one = await json(["provider", "withdraw", "0.000001", ...at]);
    assert.equal(one["amount"], "0.000001");
    assert.equal(await tokens(provider.wallet as Address), had + 1n);
    const two = await json(["withdraw", "0.000002", "--earnings", ...at, ...byNode()]);
    assert.equal(two["amount"], "0.000002");
    assert.equal(await tokens(provider.wallet as Address), had + 3n);

    const mine = await associatedTokenAddress({ owner: address, mint: network.chain.place.mint });
    const changed = await json(["provider", "payout", mine, ...at, ...byNode()]);
    assert.ok(changed["payout"] === mine || (changed["pending_payout"] as Json)["payout"] === mine);
    await wait(2n);
    const left = await claimable();
    const exit = await json(["provider", "exit", "request", "all", ...at, ...byNode()]);
    assert.equal(parseMicroUsdc(String(exit["exit_amount"])), left);
    await wait(2n);
    const mineBefore = await tokens();
    const paid = await json(["provider", "exit", "finalize", ...at, ...byNode()]);
    assert.deepEqual([parseMicroUsdc(String(paid["paid"])), paid["payout"]], [left, mine]);
    assert.deepEqual([await tokens(), await claimable()], [mineBefore + left, 0n]);
  });

  test("everything that is left and may go is withdrawn with one word", async () => {
    await waitFor("everything to be settled", async () =>
      parseNanoUsdc((await balanceOf(network.file.router_url, key)).payable) < 1_000n ? true : undefined,
    );
    const [had, { balance, settledTotal }] = [await tokens(), await escrow()];
    const told = await json(["withdraw", "all"]);
    const amount = parseMicroUsdc(String(told["amount"]));
    const left = await escrow();
    assert.equal(await tokens(), had + amount);
    assert.deepEqual([left.balance + amount, left.settledTotal], [balance, settledTotal]);
    assert.ok(left.balance < 10n, "less than what a whole micro-USDC cannot hold is left");
    // Until the router has seen it land, the same word goes on with the same withdrawal.
    const again = await run(["withdraw", "all", "--yes", "--json"]);
    if (again.code === 0) assert.equal((JSON.parse(again.stdout) as Json)["signature"], told["signature"]);
    await waitFor("the withdrawal to be over", async () => {
      const headers = { authorization: `Bearer ${key}` };
      const list = await fetch(`${network.file.router_url}/api/v1/account/withdrawals?limit=1`, { headers });
      return /"state":"confirmed"/.test(await list.text()) ? true : undefined;
    });
    const none = await run(["withdraw", "all", "--yes"]);
    assert.equal(none.code, 6, none.stderr);
    await json(["topup", "3"]);
  });

  test("with the router gone, a person leaves by the chain alone, from memory", async () => {
    const router = network.children.find(({ name }) => name === "router");
    assert.ok(router !== undefined);
    await router.kill();
    const gone = await run(["withdraw", "1", "--yes"]);
    assert.equal(gone.code, 3, gone.stderr);
    assert.match(gone.stderr, /aimo exit request/);
    const memory = readFileSync(join(home, ".config/aimo/routers.json"), "utf8");
    assert.match(memory, new RegExp(network.file.router_id));

    const { balance } = await escrow();
    const requested = await json(["exit", "request"]); // neither router, program nor node are named
    assert.deepEqual([requested["state"], parseMicroUsdc(String(requested["balance"]))], ["requested", balance]);
    const early = await run(["exit", "finalize", "--yes"]);
    assert.equal(early.code, 4, early.stderr);
    assert.match(early.stderr, /not due yet[\s\S]*UTC on, in/);
    await wait(3_600n);
    const status = (await aimoJson(["exit", "status"], { home })) as Json;
    assert.equal(status["state"], "due");
    const had = await tokens();
    const paid = await json(["exit", "finalize"]);
    assert.equal(parseMicroUsdc(String(paid["paid"])), balance);
    assert.equal(await tokens(), had + balance);
    assert.deepEqual((await network.chain.sums()).faults, []);
  });
});

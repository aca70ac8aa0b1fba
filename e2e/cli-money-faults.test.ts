// Money from a terminal while the chain, its node or the wallet is not as it should be: each has its own words and exit code.
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { ChainCalls } from "@aimo-network/localnet/chain/chain-calls";
import { ChainJournal, readJournal } from "@aimo-network/localnet/chain/chain-journal";
import { ChainMemory } from "@aimo-network/localnet/chain/chain-memory";
import type { ChainFaults } from "@aimo-network/localnet/chain/faults";
import { NO_FAULTS } from "@aimo-network/localnet/chain/faults";
import { HOST, openRpcDoor } from "@aimo-network/localnet/chain/rpc-door";
import { findFreePort } from "@aimo-network/localnet/free-port";
import { systemClock } from "@aimo-network/protocol/clock";
import { formatKeyFile, keyOfSeed, walletOfKey } from "@aimo-network/protocol/keys/wallet-key";
import { parseMicroUsdc } from "@aimo-network/protocol/money";
import { systemRandom } from "@aimo-network/protocol/random";
import type { Address } from "@solana/kit";
import type { CommandResult } from "./command-result.ts";
import { resultOf } from "./command-result.ts";
import { aimo, startAimo } from "./cli-run.ts";
import type { MoneyNetwork } from "./money-network.ts";
import { startMoneyNetwork } from "./money-network.ts";
import type { MoneyRouter } from "./money-router.ts";
import { openMoneyRouter } from "./money-router.ts";
import { waitFor } from "./network.ts";

const USDC = 1_000_000n;
const LAMPORTS = 100_000_000n;
const ENDS_MS = 60_000; // a deposit takes seconds
const LATER_MS = 1_500; // less than two sends are apart: the node counts from the last one

/** A node in front of the network's chain, with faults of its own. */
interface FaultyNode {
  readonly url: string;
  set(faults: ChainFaults): void;
  close(): Promise<void>;
}

interface Person {
  readonly home: string;
  readonly address: Address;
}

async function startFaultyNode({ money }: MoneyNetwork): Promise<FaultyNode> {
  assert.ok(money !== undefined);
  const directory = mkdtempSync(join(tmpdir(), "aimo-node-"));
  const path = join(directory, "journal.jsonl");
  const journal = ChainJournal.open(path, readJournal(path));
  const memory = new ChainMemory(money.rpcUrl, journal, systemClock, new Set());
  const calls = new ChainCalls(money.rpcUrl, memory, systemClock);
  const door = await openRpcDoor(await findFreePort(0, HOST, 2), calls, money.wsUrl);
  return {
    url: door.rpcUrl,
    set: (faults) => void (calls.faults = faults),
    async close() {
      await door.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

describe("money from a terminal, with something wrong", () => {
  let network: MoneyNetwork;
  let node: FaultyNode;
  let routersNode: FaultyNode;
  let router: MoneyRouter;
  let ann: Person;
  const homes: string[] = [];

  async function newPerson(gift: { readonly lamports?: bigint; readonly usdc?: string }): Promise<Person> {
    const home = mkdtempSync(join(tmpdir(), "aimo-home-"));
    homes.push(home);
    mkdirSync(join(home, ".config/solana"), { recursive: true });
    const key = await keyOfSeed(systemRandom.bytes(32));
    const wallet = await walletOfKey(key);
    assert.ok(wallet !== undefined);
    writeFileSync(join(home, ".config/solana/id.json"), formatKeyFile(key), { mode: 0o600 });
    const { lamports, usdc } = gift;
    await network.money?.faucet.give(wallet.address as Address, {
      ...(lamports !== undefined && { lamports }),
      ...(usdc !== undefined && { usdc: parseMicroUsdc(usdc) }),
    });
    return { home, address: wallet.address as Address };
  }

  const topup = (amount: string, { home }: Person, more: readonly string[] = []): Promise<CommandResult> =>
    aimo(["topup", amount, "--yes", "--router", network.file.router_url, ...more], { home });
  const byNode = (): readonly string[] => ["--rpc-url", node.url];
  const balance = async ({ address }: Person): Promise<bigint> =>
    (await network.chain.user(address)).escrow?.data.balance ?? 0n;

  /** Starts a deposit by the faulty node, and resolves once it has been sent. */
  async function startTopup(amount: string): Promise<{ child: ChildProcess; ended: Promise<CommandResult> }> {
    const words = ["topup", amount, "--yes", "--router", network.file.router_url, ...byNode()];
    const child = startAimo(words, { home: ann.home });
    const ended = resultOf(child, ENDS_MS);
    let said = "";
    child.stderr?.on("data", (text: string) => (said += text));
    await waitFor("it to be sent", async () => (/Sent \S+, waiting/.test(said) ? true : undefined));
    return { child, ended };
  }

  before(async () => {
    network = await startMoneyNetwork({ withProvider: false });
    [node, routersNode] = await Promise.all([startFaultyNode(network), startFaultyNode(network)]);
    router = await openMoneyRouter(network, "far", { AIMO_RPC_URL: routersNode.url });
    await router.start();
    ann = await newPerson({ lamports: LAMPORTS, usdc: "50" });
  });
  beforeEach(() => {
    node.set(NO_FAULTS);
    routersNode.set(NO_FAULTS);
  });
  after(async () => {
    await router.stop();
    await network.stop();
    await Promise.all([node.close(), routersNode.close()]);
    for (const home of homes) rmSync(home, { recursive: true, force: true });
  });

  test("no SOL for the fee, by a node and by the router; no USDC, and too little of it", async () => {
    const poor = await newPerson({ usdc: "5" });
    for (const way of [byNode(), []]) {
      const { code, stderr } = await topup("1", poor, way);
      assert.equal(code, 6, stderr);
      assert.match(stderr, /has (?:no|too little) SOL[\s\S]*Send SOL to the wallet/);
    }
    const empty = await newPerson({ lamports: LAMPORTS });
    const none = await topup("1", empty, byNode());
    assert.deepEqual([none.code, /has no USDC/.test(none.stderr)], [6, true], none.stderr);
    const noneByRouter = await aimo(["topup", "1", "--yes", "--router", network.file.router_url], {
      home: empty.home,
      env: { AIMO_HOME: join(empty.home, "elsewhere") },
    });
    assert.notEqual(noneByRouter.code, 0);
    assert.match(noneByRouter.stderr, /nothing has moved/);
    const few = await topup("50.000001", ann, byNode());
    assert.deepEqual([few.code, /less than 50\.000001 USDC/.test(few.stderr)], [6, true], few.stderr);
    assert.deepEqual([await balance(poor), await balance(empty), await balance(ann)], [0n, 0n, 0n]);
  });

  test("a node that is down, or answers too many already, is told before anything is signed", async () => {
    node.set({ isDown: true });
    const down = await topup("1", ann, byNode());
    assert.deepEqual([down.code, down.stdout], [3, ""], down.stderr);
    assert.match(down.stderr, new RegExp(`Cannot reach the Solana node at ${node.url}`));
    node.set({ retryAfterS: 5 });
    const busy = await topup("1", ann, byNode());
    assert.deepEqual([busy.code, /too many already \(429\)/.test(busy.stderr)], [3, true], busy.stderr);
    const port = await findFreePort(0, HOST);
    const nobody = await topup("1", ann, ["--rpc-url", `http://${HOST}:${port}`]);
    assert.deepEqual([nobody.code, /nothing listens at 127\.0\.0\.1/.test(nobody.stderr)], [3, true], nobody.stderr);
    assert.equal(await balance(ann), 0n);
  });

  test("a transaction that a node drops is sent again until it lands, once", async () => {
    node.set({ sending: { kind: "drop" } });
    const { ended } = await startTopup("2");
    node.set(NO_FAULTS);
    const { code, stderr } = await ended;
    assert.equal(code, 0, stderr);
    assert.equal(await balance(ann), 2n * USDC);
  });

  test("one whose status comes late is waited for", async () => {
    node.set({ unconfirmedMs: LATER_MS });
    const { code, stderr } = await topup("0.5", ann, byNode());
    assert.equal(code, 0, stderr);
    assert.equal(await balance(ann), 2_500_000n);
  });

  test("Ctrl-C while it is on its way: exit code 8, its signature, and how to look; it has landed", async () => {
    node.set({ unconfirmedMs: 600_000 });
    const { child, ended } = await startTopup("0.25");
    child.kill("SIGINT");
    const { code, stdout, stderr } = await ended;
    assert.deepEqual([code, stdout], [8, ""], stderr);
    assert.match(stderr, /not known yet: transaction [1-9A-HJ-NP-Za-km-z]{80,90}\./);
    assert.match(stderr, /Look at https:\/\/explorer\.solana\.com\/tx\/\S+ before you run it again/);
    await waitFor("it to land", async () => ((await balance(ann)) === 2_750_000n ? true : undefined));
  });

  test("a node that dies while it is on its way: the same, and the deposit counts when it is asked for", async () => {
    node.set({ unconfirmedMs: 600_000 });
    const { ended } = await startTopup("0.25");
    node.set({ isDown: true });
    const { code, stderr } = await ended;
    assert.equal(code, 8, stderr);
    assert.match(stderr, /the node does not answer/);
    assert.equal(await balance(ann), 3n * USDC);
  });

  test("a router whose own node is away says so, and nothing is signed", async () => {
    await fetch(`${router.url}/.well-known/aimo.json`); // it has seen the chain before
    routersNode.set({ isDown: true });
    const { code, stderr } = await aimo(["topup", "1", "--yes", "--router", router.url], {
      home: ann.home,
      env: { AIMO_RPC_URL: node.url },
    });
    assert.equal(code, 3, stderr);
    assert.match(stderr, /No Solana node of this router answers/);
    const { escrow } = await router.chain.user(ann.address);
    assert.equal(escrow, undefined);
  });

  test("nothing was lost or made on the way", async () => {
    assert.deepEqual((await network.chain.sums()).faults, []);
    await network.insistOnAgreement();
  });
});

// What a wallet or a key has is never exceeded, however many ask at once, on one router and on two that share their database.
import assert from "node:assert/strict";
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import type { KeyContentV2 } from "@aimo-network/protocol/keys/key-content";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { signKey } from "@aimo-network/protocol/keys/sign-key";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { formatNanoUsdc, microUsdc, nanoUsdc, parseNanoUsdc } from "@aimo-network/protocol/money";
import { seededRandom } from "@aimo-network/protocol/random";
import { runningPostgresUrl } from "aimo-router/src/ledger/database/embedded/embedded-postgres.ts";
import type { Books } from "./books.ts";
import { BALANCED, openBooks } from "./books.ts";
import type { Network } from "./network.ts";
import { startNetwork } from "./network.ts";
import { newWallet } from "aimo-router/src/test-bed/new-wallet.ts";

const REQUESTS = 1_000;
const PAID_FOR = 10;
const MAX_TOKENS = 100;
const NANO_PER_TOKEN = 1_000n; // at 1 USDC per million, either way
/** Seconds of load on two routers; sixty where somebody has the time. */
const LOAD_MS = Number(process.env["AIMO_TEST_LOAD_SECONDS"] ?? "8") * 1_000;
const LOAD_USERS = 12;
const LOAD_CLIENTS = 48;

function bodyOf(model: string, more: object = {}): string {
  return JSON.stringify({
    model: `test/${model}`,
    max_tokens: MAX_TOKENS,
    messages: [{ role: "user", content: "x" }],
    ...more,
  });
}

// What a router counts for a prompt at most: its bytes, 64 for its message and 512; it has three digits whatever it is.
const PROMPT_BOUND = bodyOf("demo.greedy-999").length + 64 + 512;
const GREEDY = `demo.greedy-${PROMPT_BOUND}`;
const CEILING = BigInt(PROMPT_BOUND + MAX_TOKENS) * NANO_PER_TOKEN;
const TEN_CEILINGS = nanoUsdc(BigInt(PAID_FOR) * CEILING);

interface Answered {
  readonly status: number;
  readonly code: string | undefined;
  readonly cost: bigint;
}

async function ask(url: string, key: string, body: string): Promise<Answered> {
  const response = await fetch(`${url}/api/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body,
  });
  const text = await response.text();
  const cost = /"cost":([0-9.]+)\}/.exec(text)?.[1] ?? "0";
  return { status: response.status, code: /"error_code":"(\w+)"/.exec(text)?.[1], cost: parseNanoUsdc(cost) };
}

/** How many answers there were of each kind. */
function tally(answers: readonly Answered[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, code } of answers) {
    const kind = code === undefined ? String(status) : `${status} ${code}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

const sumOf = (answers: readonly Answered[]): bigint => answers.reduce((sum, { cost }) => sum + cost, 0n);

describe("nobody spends more than there is", () => {
  let network: Network;
  let books: Books;
  /** The network's router, and a second instance of it on the same database. */
  let urls: readonly string[] = [];

  before(async () => {
    network = await startNetwork();
    const { file, directory } = network;
    const databaseUrl = runningPostgresUrl(join(directory, "router"));
    assert.ok(databaseUrl !== undefined);
    const home = join(directory, "second-instance");
    mkdirSync(home);
    cpSync(join(directory, "router", "router-identity.json"), join(home, "router-identity.json"));
    const second = await network.startRouter({ AIMO_DATA_DIR: home, DATABASE_URL: databaseUrl });
    assert.equal(second.routerId, file.router_id);
    urls = [file.router_url, second.url];
    books = openBooks(databaseUrl);
    const routers = urls.map((url) => ({ url, routerId: file.router_id }));
    await network.startProvider({ models: [GREEDY, "demo", "demo.fixed-5.pace-20ms"], price: "1", routers });
  });
  after(async () => {
    await books.close();
    await network.stop();
  });

  /** A key; without a limit it spends whatever its wallet has. */
  const keyOf = (wallet: Wallet, limit?: MicroUsdc): Promise<string> => {
    const spending: KeyContentV2["spending"] = limit === undefined ? { kind: "unlimited" } : { kind: "limited", limit };
    const createdAtMs = systemClock.now() - 1_000;
    const scopes = ["completion_model"] as const;
    const content: KeyContentV2 = { version: 2, createdAtMs, validForMs: 3_600_000, spending, scopes };
    return signKey(wallet, content, network.file.router_id);
  };

  for (const [where, count] of [
    ["one router", 1],
    ["two routers that share their database", 2],
  ] as const) {
    const askAtOnce = (key: string): Promise<Answered[]> =>
      Promise.all(Array.from({ length: REQUESTS }, (_, index) => ask(urls[index % count] ?? "", key, bodyOf(GREEDY))));

    test(`a thousand requests at ${where}, each of which uses its whole ceiling: a balance for ten gives ten answers`, async () => {
      const wallet = newWallet();
      await books.pay(wallet, formatNanoUsdc(TEN_CEILINGS));
      const answers = await askAtOnce(await keyOf(wallet));
      assert.deepEqual(tally(answers), { "200": PAID_FOR, "402 insufficient_balance": REQUESTS - PAID_FOR });
      assert.equal(sumOf(answers), TEN_CEILINGS);
      assert.deepEqual(await books.settled(wallet), { available: 0n, locked: 0n, payable: TEN_CEILINGS });
      assert.deepEqual(await books.imbalance(), BALANCED);
    });

    test(`the same at ${where} on a key whose limit pays for ten`, async () => {
      const wallet = newWallet();
      await books.pay(wallet, "1000");
      const limit = microUsdc(TEN_CEILINGS / 1_000n);
      const answers = await askAtOnce(await keyOf(wallet, limit));
      assert.deepEqual(tally(answers), { "200": PAID_FOR, "402 key_limit_exceeded": REQUESTS - PAID_FOR });
      const available = parseNanoUsdc("1000") - TEN_CEILINGS;
      assert.deepEqual(await books.settled(wallet), { available, locked: 0n, payable: TEN_CEILINGS });
      assert.deepEqual(await books.imbalance(), BALANCED);
    });

    test(`ordinary requests at ${where} are charged what they cost, and in all no more than there was`, async () => {
      const wallet = newWallet();
      const funds = nanoUsdc(5n * CEILING);
      await books.pay(wallet, formatNanoUsdc(funds));
      const key = await keyOf(wallet);
      let charged = 0n;
      for (let isRefused = false; !isRefused;) {
        const wave = Array.from({ length: 60 }, (_, index) =>
          ask(urls[index % count] ?? "", key, bodyOf("demo", { stream: index % 3 === 0 })),
        );
        const answers = await Promise.all(wave);
        charged += sumOf(answers);
        assert.ok(answers.every(({ status }) => status === 200 || status === 402));
        isRefused = answers.every(({ status }) => status === 402);
      }
      assert.ok(charged <= funds && charged > funds - CEILING, "until not even one could be paid for");
      assert.deepEqual(await books.settled(wallet), { available: funds - charged, locked: 0n, payable: charged });
      assert.deepEqual(await books.imbalance(), BALANCED);
    });
  }

  test("two routers with the same users under load never deadlock, and their books balance", async () => {
    const wallets = Array.from({ length: LOAD_USERS }, newWallet);
    const users = await Promise.all(
      wallets.map(async (wallet) => {
        await books.pay(wallet, "10");
        const keys = await Promise.all([keyOf(wallet), keyOf(wallet, microUsdc(3_000n))]);
        return { wallet, keys, answers: [] as Answered[] };
      }),
    );
    const endMs = systemClock.monotonic() + LOAD_MS;
    const client = async (seed: number): Promise<void> => {
      const random = seededRandom(seed);
      const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random.fraction() * items.length)] as Item;
      while (systemClock.monotonic() < endMs) {
        const { keys, answers } = pick(users);
        const model = pick(["demo", "demo.fixed-5.pace-20ms", GREEDY]);
        answers.push(await ask(pick(urls), pick(keys), bodyOf(model, { stream: random.fraction() < 0.5 })));
      }
    };
    await Promise.all(Array.from({ length: LOAD_CLIENTS }, (_, index) => client(index)));

    const kinds = tally(users.flatMap(({ answers }) => answers));
    assert.deepEqual(Object.keys(kinds).toSorted(), ["200", "402 key_limit_exceeded"]);
    for (const { wallet, answers } of users) {
      const charged = sumOf(answers);
      const available = parseNanoUsdc("10") - charged;
      assert.deepEqual(await books.settled(wallet), { available, locked: 0n, payable: charged });
    }
    assert.deepEqual(await books.imbalance(), BALANCED);
    assert.deepEqual(
      network.lines.filter((line) => /40P01|deadlock/i.test(line)),
      [],
    );
  });

  test("and the journal proves every balance of it", async () => {
    assert.deepEqual(await books.faults(), []);
  });
});

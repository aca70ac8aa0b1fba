// GET /key: what a key is told of its limit and its spending, exact to the nano-USDC, in OpenRouter's shape.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import type { KeyContentV2 } from "@aimo-network/protocol/keys/key-content";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { microUsdc } from "@aimo-network/protocol/money";
import { findNeighbour } from "../../../../../tools/neighbours.ts";
import type { Caller } from "../../accounts/caller.ts";
import type { KeyBench } from "../../test-bed/key-bench.ts";
import { amount, assertCode, startKeyBench } from "../../test-bed/key-bench.ts";
import type { Party, PostedGenerations, PostedKey } from "../../test-bed/posted-generations.ts";
import { createPostedGenerations } from "../../test-bed/posted-generations.ts";
import { openTestDatabase } from "../../test-bed/test-database.ts";
import { addressOf, oldWalletKey, walletKey } from "../../test-bed/test-keys.ts";
import { newWallet } from "../../test-bed/new-wallet.ts";

const ROUTER = addressOf(newWallet());
const NOON = Date.UTC(2026, 10, 25, 12); // a Wednesday
const DAY_MS = 24 * 60 * 60 * 1000;

interface OwnKey {
  readonly hash: string;
  readonly label: string;
  readonly limit: string | null;
  readonly limit_remaining: string | null;
  readonly limit_reset: string | null;
  readonly usage: string;
  readonly usage_daily: string;
  readonly usage_weekly: string;
  readonly usage_monthly: string;
  readonly is_free_tier: boolean;
  readonly is_management_key: boolean;
  readonly expires_at: string | null;
}
interface Answer {
  readonly data: OwnKey;
}
interface Made {
  readonly key: string;
  readonly data: { readonly hash: string };
}

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let clock: ManualClock;
let bench: KeyBench;
let posted: PostedGenerations;
let provider: Party;
let wallet: Wallet;
let session: { session: string };
beforeEach(async () => {
  database = await openTestDatabase();
  clock = manualClock(NOON);
  bench = await startKeyBench(database, clock, ROUTER);
  posted = await createPostedGenerations(database, clock);
  provider = await posted.party();
  wallet = newWallet();
  session = { session: addressOf(wallet) };
});
afterEach(async () => {
  await bench.close();
  await database.close();
});

const signed = (more: Partial<KeyContentV2> = {}): Promise<string> => walletKey(wallet, ROUTER, clock.now(), more);
const issue = async (body: object, caller: object = session): Promise<Made> =>
  (await bench.call<Made>("POST", "/keys", caller, { name: "shop", ...body })).body;
const own = async (bearer: string): Promise<OwnKey> => (await bench.call<Answer>("GET", "/key", { bearer })).body.data;
const left = async (bearer: string): Promise<string | null> => (await own(bearer)).limit_remaining;
const usages = ({ usage, usage_daily: day, usage_weekly: week, usage_monthly: month }: OwnKey): string[] => [
  ...[usage, day, week, month],
];

/** The key behind a bearer as the ledger's functions name it; its wallet gets `usdc` nano-USDC first. */
async function funded(bearer: string, nano = 100_000_000_000n): Promise<PostedKey> {
  const { id, keyNumber, userNumber, wallet: address }: Caller = await bench.keys.authenticate(bearer, "own");
  const owner = { wallet: address, number: userNumber };
  await posted.deposit(owner, nano);
  return { id, number: keyNumber, owner };
}

describe("what a key has spent", () => {
  test("is what was charged to it ever, today, since Monday and in this month, by UTC", async () => {
    const { key: bearer } = await issue({ limit: amount("1000") });
    const key = await funded(bearer);
    const days = [
      [Date.UTC(2026, 9, 31, 23, 59, 59, 999), 1n],
      [Date.UTC(2026, 10, 1), 10n],
      [Date.UTC(2026, 10, 22, 23, 59, 59, 999), 100n],
      [Date.UTC(2026, 10, 23), 1_000n],
      [Date.UTC(2026, 10, 24, 23, 59, 59, 999), 10_000n],
      [Date.UTC(2026, 10, 25), 100_000n],
    ] as const;
    for (const [atMs, cost] of days) await posted.answer({ key, provider, atMs, cost });
    await posted.answer({ key, provider, atMs: NOON, cost: 7_000_000n, model: "acme/two" });
    assert.deepEqual(usages(await own(bearer)), ["0.007111111", "0.0071", "0.007111", "0.00711111"]);
    const [listed] = (await bench.call<{ data: OwnKey[] }>("GET", "/keys", session)).body.data;
    assert.ok(listed !== undefined);
    assert.deepEqual(usages(listed), ["0.007111111", "0.0071", "0.007111", "0.00711111"]);
  });

  test("is not what is locked, which only lessens what is left; what is given back is left again", async () => {
    const { key: bearer } = await issue({ limit: amount("5") });
    const key = await funded(bearer);
    await posted.answer({ key, provider, atMs: NOON, cost: 123_456_789n });
    await posted.lock(key, provider, 1_000_000_001n);
    const { limit, limit_remaining: remaining, usage } = await own(bearer);
    assert.deepEqual([limit, remaining, usage], ["5", "3.87654321", "0.123456789"]);
    await database.query("SELECT ledger_expire($1, 100)", [new Date(NOON + DAY_MS)]);
    assert.equal(await left(bearer), "4.876543211");
  });

  test("is also what its children spent, and lessens what is left for each of them", async () => {
    const spending = { kind: "limited", limit: microUsdc(3_000_000n) } as const;
    const manager = await signed({ scopes: ["keys", "completion_model"], spending });
    const [one, other] = [
      await issue({ limit: amount("2") }, { bearer: manager }),
      await issue({}, { bearer: manager }),
    ];
    await posted.answer({ key: await funded(one.key), provider, atMs: NOON, cost: 1_500_000_000n });
    await posted.answer({ key: await funded(manager, 200_000_000_000n), provider, atMs: NOON, cost: 250_000_000n });
    const parent = await own(manager);
    assert.deepEqual([parent.limit, parent.limit_remaining, parent.usage], ["3", "1.25", "1.75"]);
    assert.deepEqual([await left(one.key), await left(other.key)], ["0.5", "1.25"]);
    assert.equal((await own(other.key)).usage, "0");
  });

  test("may be more than a limit that was lowered: then nothing is left", async () => {
    const made = await issue({ limit: amount("5") });
    await posted.answer({ key: await funded(made.key), provider, atMs: NOON, cost: 2_000_000_000n });
    await bench.call("PATCH", `/keys/${made.data.hash}`, session, { limit: amount("1") });
    const { limit, limit_remaining: remaining, usage } = await own(made.key);
    assert.deepEqual([limit, remaining, usage], ["1", "0", "2"]);
  });
});

describe("a limit that begins anew", () => {
  for (const [reset, lastMs] of [
    ["daily", Date.UTC(2026, 10, 25, 23, 59, 59, 999)],
    ["weekly", Date.UTC(2026, 10, 29, 23, 59, 59, 999)],
    ["monthly", Date.UTC(2026, 10, 30, 23, 59, 59, 999)],
  ] as const) {
    test(`${reset} is whole again at its moment by UTC, not a millisecond before`, async () => {
      const { key: bearer } = await issue({ limit: amount("5"), limit_reset: reset });
      await posted.answer({ key: await funded(bearer), provider, atMs: NOON, cost: 2_000_000_000n });
      clock.advance(lastMs - NOON);
      assert.equal(await left(bearer), "3");
      clock.advance(1);
      assert.equal(await left(bearer), "5");
      assert.equal((await own(bearer)).limit_reset, reset);
    });
  }

  test("in another rhythm counts what was charged in it and what is locked, and what is given back comes back to it", async () => {
    const made = await issue({ limit: amount("50"), limit_reset: "daily" });
    const key = await funded(made.key);
    const rhythm = async (limit_reset: string | null): Promise<string | null> => {
      await bench.call("PATCH", `/keys/${made.data.hash}`, session, { limit_reset });
      return await left(made.key);
    };
    await posted.answer({ key, provider, atMs: NOON - 2 * DAY_MS, cost: 1_000_000_000n }); // Monday
    await posted.answer({ key, provider, atMs: NOON - 10 * DAY_MS, cost: 2_000_000_000n });
    await posted.answer({ key, provider, atMs: NOON - 40 * DAY_MS, cost: 4_000_000_000n });
    await posted.answer({ key, provider, atMs: NOON, cost: 8_000_000_000n });
    await posted.lock(key, provider, 16_000_000_000n);
    assert.deepEqual(
      [
        await left(made.key),
        await rhythm("weekly"),
        await rhythm("monthly"),
        await rhythm(null),
        await rhythm("daily"),
      ],
      ["26", "25", "23", "19", "26"],
    );
    await posted.lock(key, provider, 1_000_000_000n);
    assert.equal(await rhythm(null), "18");
    assert.equal(await rhythm("daily"), "25");
    assert.equal(await rhythm("weekly"), "24");
    await database.query("SELECT ledger_expire($1, 100)", [new Date(NOON + DAY_MS)]);
    assert.equal(await left(made.key), "41");
    const [row] = await database.query("SELECT window_spent, limit_window::text FROM keys WHERE id = $1", [key.number]);
    assert.deepEqual(row, { window_spent: 9_000_000_000n, limit_window: "2026-11-23" });
  });
});

describe("a key reads", () => {
  test("itself, of whatever kind and with whatever scopes", async () => {
    const plain = await own(await signed({ tag: "laptop", scopes: [] }));
    assert.deepEqual([plain.label, plain.limit, plain.limit_remaining], ["laptop", null, null]);
    assert.equal(plain.expires_at, new Date(NOON + 3_600_000).toISOString());
    const earning = await own(await signed({ spending: { kind: "earn_only" } }));
    assert.deepEqual([earning.limit, earning.limit_remaining], ["0", "0"]);
    const old = await own(await oldWalletKey(wallet, clock.now()));
    assert.equal(old.label, old.hash);
    const managing = await own(await signed({ scopes: ["keys"] }));
    assert.deepEqual([plain.is_management_key, managing.is_management_key], [false, true]);
  });

  test("whether its wallet has ever deposited", async () => {
    const bearer = await signed();
    assert.equal((await own(bearer)).is_free_tier, true);
    await funded(bearer, 1n);
    assert.equal((await own(bearer)).is_free_tier, false);
  });

  test("nothing without a bearer, or with a session alone", async () => {
    assertCode(await bench.call("GET", "/key"), "missing_key");
    assertCode(await bench.call("GET", "/key", session), "missing_key");
  });
});

const openRouter = findNeighbour("openrouter-openapi.yaml");

describe("for clients of OpenRouter, keys", { skip: openRouter.skip }, () => {
  let description: object;
  before(() => void (description = parse(readFileSync(openRouter.path ?? "", "utf8")) as object));
  after(() => undefined);

  const assertFits = (path: string, method: string, status: number, text: string): void => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
    const pointer = `/paths/${path.replaceAll("/", "~1")}/${method}/responses/${status}/content/application~1json/schema`;
    const validate = ajv.addSchema(description, "neighbour").compile({ $ref: `neighbour#${pointer}` });
    assert.equal(validate(JSON.parse(text)), true, ajv.errorsText(validate.errors, { separator: "\n" }));
  };

  test("look as theirs, from the first to the last of the five verbs", async () => {
    const made = await bench.call<Made>("POST", "/keys", session, {
      name: "a",
      limit: 1.5,
      limit_reset: "daily",
      workspace_id: "x",
    });
    assertFits("/keys", "post", 201, made.text);
    const path = `/keys/${made.body.data.hash}`;
    assertFits("/key", "get", 200, (await bench.call("GET", "/key", { bearer: made.body.key })).text);
    assertFits("/keys", "get", 200, (await bench.call("GET", "/keys", session)).text);
    assertFits("/keys/{hash}", "get", 200, (await bench.call("GET", path, session)).text);
    assertFits("/keys/{hash}", "patch", 200, (await bench.call("PATCH", path, session, { limit: null })).text);
    assertFits("/keys/{hash}", "delete", 200, (await bench.call("DELETE", path, session)).text);
  });
});

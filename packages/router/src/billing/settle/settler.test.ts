import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import { microUsdc } from "@aimo-network/protocol/money";
import { systemRandom } from "@aimo-network/protocol/random";
import { pino } from "pino";
import type { Leadership } from "../../ledger/chain-books/leadership.ts";
import { hasLostLeadership } from "../../ledger/database/database-error.ts";
import { ScriptedSettling } from "../../test-bed/scripted-settling.ts";
import {
  BATCHES_OPEN_MAX,
  BATCHES_READ_MAX,
  LOCK_GRACE_MS,
  LOCK_SWEEP_LAG_MS,
  PROVIDERS_PER_REGISTRATION_MAX,
  REGISTRATION_RETRY_MS,
} from "../limits.ts";
import type { Settler, SettleRules } from "./settler.ts";
import { createSettler } from "./settler.ts";

const AGE_MS = 600_000;
const LEAST = 10_000_000n;
const SPONSOR = 1_000_000n;
const TOTAL_MS = 600_000;

interface Bench {
  readonly bed: ScriptedSettling;
  readonly settler: Settler;
  fence: bigint | undefined;
}

async function openBench(t: TestContext, rules: Partial<SettleRules> = {}): Promise<Bench> {
  const bed = await ScriptedSettling.open(t);
  const log = pino({ level: "debug" }, { write: (line: string) => void bed.logged.push(line) });
  const leadership: Leadership = {
    get fence() {
      return bench.fence;
    },
    tried: Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const settler = createSettler(
    {
      clock: bed.books.clock,
      random: systemRandom,
      log,
      settlement: bed.books.settlement,
      leadership,
      chain: bed.settleChain,
      signer: bed.signer,
      course: bed.course(),
    },
    { ageMs: AGE_MS, least: microUsdc(LEAST), sponsorMin: microUsdc(SPONSOR), totalMs: TOTAL_MS, ...rules },
  );
  const bench: Bench = { bed, settler, fence: bed.books.settler };
  return bench;
}

/** What each open batch is for: user, provider and amount. */
async function entriesOf({ bed }: Bench): Promise<(readonly [number, bigint])[][]> {
  return (await bed.open()).map(({ entries }) => entries.map(({ user, amount }) => [user, amount] as const));
}

/** Everything that was sent lands and is posted. */
async function landAll({ bed, settler }: Bench): Promise<void> {
  for (let turns = 0; turns < 4; turns++) {
    for (const transaction of bed.transactions) {
      if (transaction.sent > 0 && transaction.fate.kind === "unknown") bed.land(transaction);
    }
    await settler.turn();
  }
}

test("what is owed is settled when it is old enough, and not before", async (t) => {
  const bench = await openBench(t);
  const { bed, settler } = bench;
  const [ann, pat] = [await bed.payer(100_000_000n), await bed.provider()];
  await bed.books.owe(ann, pat, 40_000n);
  assert.equal(await settler.turn(), 0); // from this look on it is known to wait
  bed.books.clock.advance(AGE_MS - 1);
  assert.equal(await settler.turn(), 0);
  bed.books.clock.advance(1);
  assert.equal(await settler.turn(), 1);
  assert.deepEqual(await entriesOf(bench), [[[ann.user, 40_000n]]]);
});

test("what is owed is settled at once from an amount on, and not below", async (t) => {
  const bench = await openBench(t);
  const { bed, settler } = bench;
  const [ann, pat] = [await bed.payer(100_000_000n), await bed.provider()];
  await bed.books.owe(ann, pat, LEAST - 1n, 999n);
  assert.equal(await settler.turn(), 0);
  await bed.books.owe(ann, pat, 0n, 1n);
  assert.equal(await settler.turn(), 1);
  assert.deepEqual(await entriesOf(bench), [[[ann.user, LEAST]]]);
});

test("what whoever leaves owes is settled at once", async (t) => {
  const bench = await openBench(t);
  const { bed, settler } = bench;
  const [ann, pat] = [await bed.payer(100_000_000n), await bed.provider()];
  await bed.books.owe(ann, pat, 1n);
  assert.equal(await settler.turn(), 0);
  await bed.books.observe(ann.user, { isUrgent: true });
  assert.equal(await settler.turn(), 1);
  assert.deepEqual(await entriesOf(bench), [[[ann.user, 1n]]]);
});

test("what is owed is settled at once when it is more than is left, and not when it is as much", async (t) => {
  const bench = await openBench(t);
  const { bed, settler } = bench;
  const [ann, pat] = [await bed.payer(1_000_000n), await bed.provider()];
  await bed.books.owe(ann, pat, 500_000n);
  assert.equal(await settler.turn(), 0);
  await bed.books.owe(ann, pat, 1n);
  assert.equal(await settler.turn(), 1);
  assert.deepEqual(await entriesOf(bench), [[[ann.user, 500_001n]]]);
});

test("dust waits until it is a whole micro-USDC", async (t) => {
  const { bed, settler } = await openBench(t, { ageMs: 0 });
  const [ann, pat] = [await bed.payer(100_000_000n), await bed.provider()];
  await bed.books.owe(ann, pat, 0n, 999n);
  bed.books.clock.advance(AGE_MS);
  assert.equal(await settler.turn(), 0);
  await bed.books.owe(ann, pat, 0n, 1n);
  bed.books.clock.advance(1);
  assert.equal(await settler.turn(), 1);
});

test("a batch that was cut is signed and sent in the next turn, and gone when it has landed", async (t) => {
  const bench = await openBench(t, { least: microUsdc(1n) });
  const { bed, settler } = bench;
  const [ann, pat] = [await bed.payer(100_000_000n), await bed.provider()];
  await bed.books.owe(ann, pat, 40_000n);
  assert.equal(await settler.turn(), 1);
  assert.deepEqual(bed.submissions, []);
  await settler.turn();
  assert.equal(bed.submissions.length, 1);
  bed.land(bed.latest);
  await settler.turn();
  assert.equal(await settler.turn(), 0);
  assert.equal((await bed.books.earnings(pat)).claimable, 39_000_000n);
  assert.deepEqual(await bed.books.faults(), []);
});

test("no more is cut than the window has room for beside what is on its way", async (t) => {
  const bench = await openBench(t, { least: microUsdc(1n) });
  const { bed, settler } = bench;
  const pat = await bed.provider();
  const room = { windowCap: microUsdc(64_000_000n), isPaused: false };
  bed.room = { ...room, windowRoom: microUsdc(999_999n) };
  const [ann, ben, eve] = [await bed.payer(100_000_000n), await bed.payer(100_000_000n), await bed.payer(100_000_000n)];
  await bed.books.owe(ann, pat, 1_000_000n);
  assert.equal(await settler.turn(), 0, "it has room for a little less");
  bed.room = { ...room, windowRoom: microUsdc(1_900_000n) };
  await settler.turn();
  assert.deepEqual(await entriesOf(bench), [[[ann.user, 1_000_000n]]]);
  await bed.books.owe(ben, pat, 900_001n);
  await bed.books.owe(eve, pat, 300_000n);
  await settler.turn();
  // The million that flies is counted although the window does not show it yet; Eve's fits where Ben's does not.
  assert.deepEqual(await entriesOf(bench), [[[ann.user, 1_000_000n]], [[eve.user, 300_000n]]]);
  bed.room = { ...room, windowRoom: microUsdc(2_200_000n) };
  await settler.turn();
  assert.equal((await entriesOf(bench)).length, 2);
  bed.room = { ...room, windowRoom: microUsdc(2_200_001n) };
  await settler.turn();
  assert.deepEqual((await entriesOf(bench)).at(-1), [[ben.user, 900_001n]]);
});

test("what one batch takes of the window the next one of the same turn does not have", async (t) => {
  const bench = await openBench(t, { least: microUsdc(1n) });
  const { bed, settler } = bench;
  bed.packSize = 1;
  const pat = await bed.provider();
  const payers = [await bed.payer(100_000_000n), await bed.payer(100_000_000n), await bed.payer(100_000_000n)];
  for (const payer of payers) await bed.books.owe(payer, pat, 1_000_000n);
  bed.room = { windowCap: microUsdc(64_000_000n), windowRoom: microUsdc(2_999_999n), isPaused: false };
  assert.equal(await settler.turn(), 2);
});

test("what of a batch is posted does not fly any more, and a large debt flies with its share only", async (t) => {
  const bench = await openBench(t, { least: microUsdc(1n) });
  const { bed, settler } = bench;
  const pat = await bed.provider();
  const [ann, ben, eve] = [await bed.payer(100_000_000n), await bed.payer(100_000_000n), await bed.payer(100_000_000n)];
  for (const payer of [ann, ben]) await bed.books.owe(payer, pat, 1_000_000n);
  await settler.turn();
  bed.chain.settle([{ user: bed.placeOf(ann.wallet), provider: 0, amount: 1_000_000n, seq: 1n }]);
  await bed.observe(ann.wallet);
  await bed.books.owe(eve, pat, 3_000_000n);
  bed.room = { windowCap: microUsdc(64_000_000n), windowRoom: microUsdc(1_999_999n), isPaused: false };
  await settler.turn();
  assert.equal((await bed.open()).length, 1);
  bed.room = { ...bed.room, windowRoom: microUsdc(2_000_000n) };
  await settler.turn();
  assert.deepEqual((await entriesOf(bench)).at(-1), [[eve.user, 1_000_000n]]);
});

test("the window is looked at after the batches: what is posted meanwhile is in it", async (t) => {
  const { bed, settler } = await openBench(t, { least: microUsdc(1n) });
  const [ann, ben, pat] = [await bed.payer(100_000_000n), await bed.payer(100_000_000n), await bed.provider()];
  await bed.books.owe(ann, pat, 1_000_000n);
  await settler.turn();
  await settler.turn();
  bed.land(bed.latest);
  await bed.books.owe(ben, pat, 1_000_000n);
  bed.room = { windowCap: microUsdc(64_000_000n), windowRoom: microUsdc(1_500_000n), isPaused: false };
  const { open } = bed.books.settlement;
  // Whoever follows the chain posts the batch while the settler asks for what is open.
  bed.books.settlement.open = async (most) => {
    await bed.observe(ann.wallet);
    bed.room = { ...bed.room!, windowRoom: microUsdc(500_000n) };
    return await open(most);
  };
  assert.equal(await settler.turn(), 0);
});

test("one user's entries go into one batch; what of them comes later waits until they have landed", async (t) => {
  const bench = await openBench(t, { least: microUsdc(1n) });
  const { bed, settler } = bench;
  bed.packSize = 2;
  const [ann, ben] = [await bed.payer(100_000_000n), await bed.payer(100_000_000n)];
  const [pat, quinn, rex] = [await bed.provider(), await bed.provider(), await bed.provider()];
  for (const provider of [pat, quinn, rex]) await bed.books.owe(ann, provider, 10_000n);
  await bed.books.owe(ben, rex, 10_000n);
  assert.equal(await settler.turn(), 2);
  assert.deepEqual(await entriesOf(bench), [
    [
      [ann.user, 10_000n],
      [ann.user, 10_000n],
    ],
    [[ben.user, 10_000n]],
  ]);
  await settler.turn();
  assert.equal((await bed.open()).length, 2);
  await landAll(bench);
  assert.deepEqual(
    await bed.books.row(
      "SELECT count(*) AS n, count(DISTINCT batch_id) AS batches FROM settle_entries WHERE user_id = $1",
      [ann.user],
    ),
    { n: 3n, batches: 2n },
  );
  await landAll(bench);
  for (const provider of [pat, quinn, rex]) assert.ok((await bed.books.earnings(provider)).claimable >= 9_750_000n);
  assert.deepEqual(await bed.books.faults(), []);
});

test("an entry takes at most its share of the window's cap", async (t) => {
  const bench = await openBench(t, { least: microUsdc(1n) });
  const { bed, settler } = bench;
  const [ann, pat] = [await bed.payer(100_000_000n), await bed.provider()];
  bed.room = { windowCap: microUsdc(6_400_000n), windowRoom: microUsdc(6_400_000n), isPaused: false };
  await bed.books.owe(ann, pat, 150_000n);
  await settler.turn();
  assert.deepEqual(await entriesOf(bench), [[[ann.user, 100_000n]]]);
  await landAll(bench);
  await landAll(bench);
  assert.equal((await bed.books.balances(ann.user)).payable, 0n);
  assert.equal((await bed.books.earnings(pat)).claimable, 150_000_000n - 3_750_000n);
});

test("with a window in which nothing fits nothing is cut", async (t) => {
  const { bed, settler } = await openBench(t, { least: microUsdc(1n) });
  const [ann, pat] = [await bed.payer(100_000_000n), await bed.provider()];
  bed.room = { windowCap: microUsdc(63n), windowRoom: microUsdc(63n), isPaused: false };
  await bed.books.owe(ann, pat, 40_000n);
  assert.equal(await settler.turn(), 0);
});

test("while settling is paused nothing is cut, and what is on its way is followed", async (t) => {
  const { bed, settler } = await openBench(t, { least: microUsdc(1n) });
  const [ann, ben, pat] = [await bed.payer(100_000_000n), await bed.payer(100_000_000n), await bed.provider()];
  await bed.books.owe(ann, pat, 40_000n);
  await settler.turn();
  await settler.turn();
  await bed.books.owe(ben, pat, 40_000n);
  bed.room = { ...bed.room!, isPaused: true };
  bed.land(bed.latest);
  assert.equal(await settler.turn(), 1);
  assert.equal(await settler.turn(), 0);
  assert.equal((await bed.books.earnings(pat)).claimable, 39_000_000n);
  bed.room = { ...bed.room, isPaused: false };
  assert.equal(await settler.turn(), 1);
});

test("before the chain was seen nothing is settled", async (t) => {
  const { bed, settler } = await openBench(t, { least: microUsdc(1n) });
  const [ann, pat] = [await bed.payer(100_000_000n), await bed.provider()];
  await bed.books.owe(ann, pat, 40_000n);
  bed.room = undefined;
  assert.equal(await settler.turn(), 0);
  assert.deepEqual(await bed.open(), []);
});

test("whoever does not lead does nothing", async (t) => {
  const bench = await openBench(t, { least: microUsdc(1n) });
  const { bed, settler } = bench;
  const [ann, pat] = [await bed.payer(100_000_000n), await bed.provider()];
  await bed.books.owe(ann, pat, 40_000n);
  bench.fence = undefined;
  assert.equal(await settler.turn(), 0);
  assert.deepEqual(await bed.open(), []);
});

test("whoever has lost the lead without knowing it changes nothing more", async (t) => {
  const { bed, settler } = await openBench(t, { least: microUsdc(1n) });
  const [ann, ben, pat] = [await bed.payer(100_000_000n), await bed.payer(100_000_000n), await bed.provider()];
  await bed.books.owe(ann, pat, 40_000n);
  await settler.turn();
  await bed.books.lead("settler");
  await assert.rejects(settler.turn(), hasLostLeadership); // it would have brought the batch on
  await bed.books.owe(ben, pat, 40_000n);
  await assert.rejects(settler.turn(), hasLostLeadership);
  assert.deepEqual(bed.submissions, []);
  assert.equal((await bed.open()).length, 1);
});

test("one batch that cannot be brought on does not stop the others", async (t) => {
  const { bed, settler } = await openBench(t, { least: microUsdc(1n) });
  bed.packSize = 1;
  const pat = await bed.provider();
  for (const payer of [await bed.payer(100_000_000n), await bed.payer(100_000_000n)]) {
    await bed.books.owe(payer, pat, 40_000n);
  }
  await settler.turn();
  const [first] = await bed.open();
  const { signBatch } = bed.signer;
  bed.signer.signBatch = (id) => (id === first!.id ? Promise.reject(new TypeError("broken")) : signBatch(id));
  await settler.turn();
  assert.equal(bed.submissions.length, 1);
  assert.match(bed.logged.join(""), /a batch could not be brought on/);
});

test("a database that is away stops the turn", async (t) => {
  const { bed, settler } = await openBench(t, { least: microUsdc(1n) });
  const [ann, pat] = [await bed.payer(100_000_000n), await bed.provider()];
  await bed.books.owe(ann, pat, 40_000n);
  await settler.turn();
  bed.signer.signBatch = () => Promise.reject(new AimoError("ledger_unavailable", {}));
  await assert.rejects(settler.turn(), (error) => isAimoError(error, "ledger_unavailable"));
});

test("so many batches are on their way and no more; those that rest take nobody's place", async (t) => {
  const bench = await openBench(t, { least: microUsdc(1n) });
  const { bed, settler } = bench;
  bed.packSize = 1;
  const pat = await bed.provider();
  for (let count = 0; count < BATCHES_OPEN_MAX + 3; count++) {
    await bed.books.owe(await bed.payer(100_000_000n), pat, 40_000n);
  }
  bed.signerRefusal = new AimoError("chain_unavailable", {});
  assert.equal(await settler.turn(), BATCHES_OPEN_MAX);
  assert.equal(await settler.turn(), BATCHES_OPEN_MAX);
  assert.equal((await bed.open()).length, BATCHES_OPEN_MAX);
  // All of them turn out to be such as their users would have to mend.
  bed.signerRefusal = new AimoError("signing_refused", { reason: "not_owed", expected: "a", found: "b", users: [] });
  await settler.turn();
  assert.equal(await settler.turn(), BATCHES_OPEN_MAX + 3);
  bed.signerRefusal = undefined;
  await settler.turn();
  assert.equal(bed.submissions.length, 3);
});

test("with very many batches that rest nothing more is cut", async (t) => {
  const { bed, settler } = await openBench(t, { least: microUsdc(1n) });
  const pat = await bed.provider();
  const ann = await bed.payer(100_000_000n);
  await bed.books.owe(ann, pat, 40_000n);
  const { open } = bed.books.settlement;
  const far = new Date(bed.books.clock.now() + AGE_MS);
  const resting = (count: number) =>
    Array.from({ length: count }, (_, place) => ({
      id: BigInt(10_000 + place),
      state: "queued" as const,
      notBefore: far,
      root: undefined,
      signature: undefined,
      wire: undefined,
      lastValidBlockHeight: undefined,
      attempts: 1,
      entries: [],
    }));
  bed.books.settlement.open = async () => resting(BATCHES_READ_MAX);
  await settler.turn();
  bed.books.settlement.open = open;
  assert.deepEqual(await bed.open(), []);
  bed.books.settlement.open = async () => resting(BATCHES_READ_MAX - 1);
  await settler.turn();
  bed.books.settlement.open = open;
  assert.equal((await bed.open()).length, 1);
});

test("a provider's account is opened when it is owed enough, and what it is owed is settled when it is there", async (t) => {
  const bench = await openBench(t, { least: microUsdc(1n) });
  const { bed, settler } = bench;
  const [ann, ben] = [await bed.payer(100_000_000n), await bed.payer(100_000_000n)];
  const pat = await bed.provider(false);
  await bed.books.owe(ann, pat, SPONSOR - 2n);
  await bed.books.owe(ben, pat, 1n);
  assert.equal(await settler.turn(), 0);
  assert.deepEqual(bed.registrations, []);
  await bed.books.owe(ben, pat, 1n);
  assert.equal(await settler.turn(), 0);
  const wallet = await bed.walletOf(pat);
  assert.deepEqual(bed.registrations, [[wallet]]);
  assert.deepEqual(
    bed.submissions.map(({ wire }) => wire),
    ["registration"],
  );
  bed.books.clock.advance(REGISTRATION_RETRY_MS - 1);
  await settler.turn();
  assert.equal(bed.registrations.length, 1);
  bed.books.clock.advance(1);
  await settler.turn();
  assert.equal(bed.registrations.length, 2);
  await bed.books.observeProvider(pat, { openedSlot: 5n });
  assert.equal(await settler.turn(), 1);
  assert.equal((await entriesOf(bench))[0]!.length, 2);
});

test("so many accounts are opened at a time, the others in the next turn", async (t) => {
  const { bed, settler } = await openBench(t, { least: microUsdc(1n) });
  const ann = await bed.payer(1_000_000_000n);
  for (let count = 0; count < PROVIDERS_PER_REGISTRATION_MAX + 2; count++) {
    await bed.books.owe(ann, await bed.provider(false), SPONSOR);
  }
  await settler.turn();
  await settler.turn();
  await settler.turn();
  assert.deepEqual(
    bed.registrations.map(({ length }) => length),
    [PROVIDERS_PER_REGISTRATION_MAX, 2],
  );
});

test("accounts that could not be opened keep nobody else from being settled", async (t) => {
  const { bed, settler } = await openBench(t, { least: microUsdc(1n) });
  const [ann, ben] = [await bed.payer(100_000_000n), await bed.payer(100_000_000n)];
  await bed.books.owe(ann, await bed.provider(false), SPONSOR);
  await bed.books.owe(ben, await bed.provider(), 40_000n);
  bed.signerRefusal = new AimoError("chain_unavailable", {});
  assert.equal(await settler.turn(), 1);
  assert.match(bed.logged.join(""), /providers' accounts could not be opened/);
  bed.signerRefusal = new TypeError("broken");
  bed.books.clock.advance(REGISTRATION_RETRY_MS);
  await assert.rejects(settler.turn(), /broken/);
});

test("a batch stands for the answers since the last one, those that were locked before it included", async (t) => {
  const { bed, settler } = await openBench(t, { least: microUsdc(1n) });
  const [ann, pat] = [await bed.payer(100_000_000n), await bed.provider()];
  const early = bed.books.lockOf(ann, 5_000_000n, { provider: pat });
  await bed.books.ledger.lock(early);
  await bed.books.owe(ann, pat, 40_000n);
  bed.books.clock.advance(TOTAL_MS + LOCK_GRACE_MS);
  await settler.turn();
  const { receipts_from: from } = await bed.books.row("SELECT receipts_from FROM payables");
  // As old as the oldest lock that may still be open, and no older.
  const ageMs = bed.books.clock.now() - Number.parseInt(String(from).replaceAll("-", "").slice(0, 12), 16);
  assert.equal(ageMs, TOTAL_MS + LOCK_GRACE_MS + LOCK_SWEEP_LAG_MS);
  await bed.books.ledger.charge(bed.books.chargeOf(early, 5_000_000n));
  await settler.turn();
  bed.land(bed.latest);
  await settler.turn();
  await settler.turn();
  assert.deepEqual(await bed.books.row("SELECT count(*) AS n, count(DISTINCT entry_id) AS entries FROM receipts"), {
    n: 2n,
    entries: 2n,
  });
});

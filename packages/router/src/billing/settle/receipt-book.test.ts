import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { base58 } from "@scure/base";
import { systemClock } from "@aimo-network/protocol/clock";
import { HASH_BYTES, SALT_BYTES, isSameHash, merkleTree, verifyMerkleProof } from "@aimo-network/protocol/merkle";
import { microUsdc, nanoUsdc } from "@aimo-network/protocol/money";
import { systemRandom } from "@aimo-network/protocol/random";
import { receiptLeaf } from "@aimo-network/protocol/receipt";
import type { Receipt } from "@aimo-network/protocol/receipt";
import { NO_USAGE } from "@aimo-network/protocol/usage";
import { createLedgerReceipts } from "../../ledger/chain-books/receipts.ts";
import type { LedgerReceipts } from "../../ledger/chain-books/receipts.ts";
import { ScriptedSettling } from "../../test-bed/scripted-settling.ts";
import { RECEIPTS_AT_ONCE_MAX } from "../limits.ts";
import type { ProvenReceipt, ReceiptBook } from "./receipt-book.ts";
import { createReceiptBook } from "./receipt-book.ts";

const SECRET = new Uint8Array(32).fill(3);

interface Bench {
  readonly bed: ScriptedSettling;
  readonly routerId: string;
  readonly receipts: LedgerReceipts;
  /** One that remembers nothing. */
  book(receipts?: LedgerReceipts): ReceiptBook;
}

async function openBench(t: TestContext): Promise<Bench> {
  const bed = await ScriptedSettling.open(t);
  const receipts = createLedgerReceipts(bed.books.database);
  const routerId = base58.encode(systemRandom.bytes(32));
  const book: Bench["book"] = (given = receipts) =>
    createReceiptBook({ ioClock: systemClock, receipts: given, routerId, receiptSecret: SECRET });
  return { bed, routerId, receipts, book };
}

interface GenerationRow {
  readonly id: string;
  readonly user: Uint8Array;
  readonly provider: Uint8Array;
  readonly model: string;
  readonly prompt: bigint;
  readonly completion: bigint;
  readonly cache_read: bigint | null;
  readonly image: bigint;
  readonly request: bigint;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cached_tokens: number;
  readonly reasoning_tokens: number;
  readonly image_count: number;
  readonly cost: bigint;
  readonly flags: number;
  readonly finish_reason: string;
}

/** The receipts of a batch from what the generations' rows say, in the order that is promised. */
async function receiptsFromRows({ bed, routerId }: Bench, batch: bigint): Promise<Receipt[]> {
  const rows = await bed.books.database.query<GenerationRow>(
    `SELECT g.id, (SELECT address FROM wallets WHERE id = x.user_id) AS "user", (SELECT address FROM wallets WHERE id = x.provider_id) AS provider,
       (SELECT name FROM models WHERE id = g.model_id) AS model, p.prompt, p.completion, p.cache_read, p.image, p.request, g.prompt_tokens,
       g.completion_tokens, g.cached_tokens, g.reasoning_tokens, g.image_count, g.cost, g.flags, g.finish_reason
     FROM generations g JOIN prices p ON p.id = g.price_id JOIN settle_entries x USING (user_id, provider_id, cut)
     WHERE x.batch_id = $1 AND g.cost > 0`,
    [batch],
  );
  const entries = await bed.books.database.query<{ generation_id: string; entry_id: bigint }>(
    "SELECT g.id AS generation_id, x.id AS entry_id FROM generations g JOIN settle_entries x USING (user_id, provider_id, cut)",
  );
  const entryOf = new Map(entries.map(({ generation_id, entry_id }) => [generation_id, entry_id]));
  const order = ({ id }: GenerationRow): string => `${String(entryOf.get(id)).padStart(12, "0")} ${id}`;
  return rows
    .toSorted((one, other) => (order(one) < order(other) ? -1 : 1))
    .map((row) => ({
      routerId,
      id: row.id,
      user: base58.encode(row.user),
      provider: base58.encode(row.provider),
      model: row.model,
      price: {
        prompt: microUsdc(row.prompt),
        completion: microUsdc(row.completion),
        ...(row.cache_read !== null && { inputCacheRead: microUsdc(row.cache_read) }),
        image: microUsdc(row.image),
        request: microUsdc(row.request),
      },
      promptTokens: row.prompt_tokens,
      completionTokens: row.completion_tokens,
      cachedTokens: row.cached_tokens,
      reasoningTokens: row.reasoning_tokens,
      imageCount: row.image_count,
      cost: nanoUsdc(row.cost),
      flags: row.flags,
      finishReason: row.finish_reason,
    }));
}

const leafOf = (receipt: Receipt): Uint8Array =>
  receiptLeaf(receipt, createHmac("sha256", SECRET).update(receipt.id).digest().subarray(0, SALT_BYTES));

/** Whether a proof leads from the receipt, and nothing else, to the root. */
function verifies({ receipt, salt, proof }: ProvenReceipt, root: Uint8Array): boolean {
  if (proof === undefined) return false;
  const { index, size, path } = proof;
  return verifyMerkleProof({ leaf: receiptLeaf(receipt, salt), index, size, proof: path, root });
}

test("the root is that of the receipts of every entry, in the order of entries and generations", async (t) => {
  const bench = await openBench(t);
  const { bed, book } = bench;
  const { books } = bed;
  const [ann, ben, pat, quinn] = [
    await bed.payer(100_000_000n),
    await bed.payer(100_000_000n),
    await bed.provider(),
    await bed.provider(),
  ];
  const price = await books.ledger.numbers.price({
    prompt: microUsdc(150_000n),
    completion: microUsdc(600_000n),
    inputCacheRead: microUsdc(75_000n),
    image: microUsdc(7n),
    request: microUsdc(9n),
  });
  for (const [who, provider] of [
    [ann, quinn],
    [ann, pat],
    [ben, pat],
    [ann, quinn],
  ] as const) {
    await books.owe(who, provider, 5_000n, 7n);
    const lock = books.lockOf(who, 9_000_000n, { provider, price, imageCount: 2 });
    await books.ledger.lock(lock);
    await books.ledger.charge(
      books.chargeOf(lock, 8_765_432n, {
        usage: { ...NO_USAGE, promptTokens: 50, completionTokens: 40, cachedTokens: 30, reasoningTokens: 20 },
        imageCount: 2,
        flags: 5,
        finishReason: "length",
      }),
    );
  }
  const free = books.lockOf(ann, 1_000n, { provider: pat });
  await books.ledger.lock(free);
  await books.ledger.charge(books.chargeOf(free, 0n)); // costs nothing, and needs no receipt
  const batch = await bed.cut([ann, quinn], [ben, pat], [ann, pat]);
  const expected = await receiptsFromRows(bench, batch);
  assert.equal(expected.length, 8);
  assert.deepEqual(
    expected.map(({ user, provider }) => [user, provider]),
    await Promise.all(
      [
        [ann, quinn],
        [ann, quinn],
        [ann, quinn],
        [ann, quinn],
        [ben, pat],
        [ben, pat],
        [ann, pat],
        [ann, pat],
      ].map(async ([who, provider]) => [(who as typeof ann).wallet, await bed.walletOf(provider as number)]),
    ),
  );
  assert.deepEqual(await book().rootOf(batch), merkleTree(expected.map(leafOf)).root);
});

test("every receipt of a batch is proven, with its salt, and only by the root of its batch", async (t) => {
  const bench = await openBench(t);
  const { bed } = bench;
  const [ann, pat] = [await bed.payer(100_000_000n), await bed.provider()];
  const ids: string[] = [];
  for (let count = 0; count < 5; count++) ids.push(await bed.books.owe(ann, pat, 5_000n));
  const batch = await bed.cut([ann, pat]);
  const book = bench.book();
  await bed.advance(bed.course({ rootOf: (id) => book.rootOf(id) }), batch);
  const root = new Uint8Array((await bed.books.batch(batch)).root!);
  const expected = await receiptsFromRows(bench, batch);
  for (const [place, id] of ids.toSorted().entries()) {
    const proven = (await book.prove(id, ann.wallet))!;
    assert.deepEqual(proven.receipt, { ...expected[place], price: proven.receipt.price });
    assert.deepEqual([proven.proof!.index, proven.proof!.size], [place, 5]);
    assert.ok(verifies(proven, root));
    assert.ok(!verifies(proven, new Uint8Array(32).fill(1)));
    assert.deepEqual(
      { ...proven.batch, root: new Uint8Array(proven.batch!.root!) },
      { id: batch, signature: bed.latest.signature, hasLanded: false, root },
    );
  }
  bed.land(bed.latest);
  await bed.advance(bed.course(), batch);
  assert.equal((await book.prove(ids[0]!, ann.wallet))!.batch!.hasLanded, true);
});

test("a receipt is shown to its payer and to nobody else", async (t) => {
  const bench = await openBench(t);
  const { bed } = bench;
  const [ann, ben, pat] = [await bed.payer(100_000_000n), await bed.payer(100_000_000n), await bed.provider()];
  const id = await bed.books.owe(ann, pat, 5_000n);
  await bed.cut([ann, pat]);
  const book = bench.book();
  assert.equal(await book.prove(id, ben.wallet), undefined);
  assert.equal(await book.prove(id, await bed.walletOf(pat)), undefined);
  assert.equal(await book.prove(bed.books.id(), ann.wallet), undefined);
  assert.equal((await book.prove(id, ann.wallet))!.receipt.id, id);
});

test("a receipt has no proof before it is in a batch, and before the batch has a root", async (t) => {
  const bench = await openBench(t);
  const { bed } = bench;
  const [ann, pat] = [await bed.payer(100_000_000n), await bed.provider()];
  const id = await bed.books.owe(ann, pat, 5_000n);
  const book = bench.book();
  const early = (await book.prove(id, ann.wallet))!;
  assert.deepEqual([early.proof, early.batch], [undefined, undefined]);
  const batch = await bed.cut([ann, pat]);
  const cut = (await book.prove(id, ann.wallet))!;
  assert.deepEqual(
    [cut.proof, cut.batch],
    [undefined, { id: batch, signature: undefined, hasLanded: false, root: undefined }],
  );
});

test("a batch without an answer of its own has the empty root", async (t) => {
  const { bed, book } = await openBench(t);
  const [ann, pat] = [await bed.payer(100_000_000n), await bed.provider()];
  await bed.books.owe(ann, pat, 50_000n);
  const first = (await bed.books.cut([[ann.user, pat]], 40_000n, bed.books.id()))!;
  assert.ok(!isSameHash(await book().rootOf(first), new Uint8Array(HASH_BYTES)));
  await bed.advance(bed.course(), first);
  bed.land(bed.latest);
  await bed.advance(bed.course(), first);
  const rest = (await bed.books.cut([[ann.user, pat]], 40_000n, bed.books.id()))!;
  assert.deepEqual(await book().rootOf(rest), new Uint8Array(HASH_BYTES));
});

test("the root is the same whoever makes it, also where another had begun; many are hashed a few at a time", async (t) => {
  const bench = await openBench(t);
  const { bed, receipts } = bench;
  const [ann, ben] = [await bed.payer(1_000_000_000n), await bed.payer(1_000_000_000n)];
  const [pat, quinn] = [await bed.provider(), await bed.provider()];
  const count = 2 * RECEIPTS_AT_ONCE_MAX + 50;
  const pairs = [
    [ann, quinn],
    [ben, pat],
    [ann, pat],
  ] as const;
  await Promise.all(
    Array.from({ length: count }, (_, place) => {
      const [who, provider] = pairs[place % 3]!;
      return bed.books.owe(who, provider, 5_000n);
    }),
  );
  const batch = await bed.cut(...pairs);
  const calls: number[] = [];
  const counted: LedgerReceipts = {
    ...receipts,
    async *unmade(id, most) {
      for await (const rows of receipts.unmade(id, most)) {
        calls.push(rows.length);
        yield rows;
      }
    },
  };
  const dying = { ...counted, keepLeaves: keepTimes(receipts, 1) };
  await assert.rejects(bench.book(dying).rootOf(batch), /ended/);
  assert.deepEqual(calls, [RECEIPTS_AT_ONCE_MAX, RECEIPTS_AT_ONCE_MAX]);
  calls.length = 0;
  const root = await bench.book(counted).rootOf(batch);
  assert.deepEqual(calls, [RECEIPTS_AT_ONCE_MAX, RECEIPTS_AT_ONCE_MAX, 50]);
  assert.deepEqual(root, merkleTree((await receiptsFromRows(bench, batch)).map(leafOf)).root);
  assert.deepEqual(await bench.book().rootOf(batch), root);
});

/** Keeps leaves so many times, then the process ends. */
function keepTimes(receipts: LedgerReceipts, times: number): LedgerReceipts["keepLeaves"] {
  let left = times;
  return async (leaves) => {
    if (left === 0) throw new Error("the process ended");
    left -= 1;
    await receipts.keepLeaves(leaves);
  };
}

test("three thousand answers of one batch have a root, and each a proof", async (t) => {
  const bench = await openBench(t);
  const { bed } = bench;
  const [ann, pat] = [await bed.payer(1_000_000_000n), await bed.provider()];
  const ids = await Promise.all(Array.from({ length: 3_000 }, () => bed.books.owe(ann, pat, 100n)));
  const batch = await bed.cut([ann, pat]);
  const book = bench.book();
  const root = await book.rootOf(batch);
  assert.deepEqual(root, merkleTree((await receiptsFromRows(bench, batch)).map(leafOf)).root);
  await bed.books.settlement.setRoot(bed.books.settler, batch, root);
  for (const id of [ids[0]!, ids[1_499]!, ids[2_999]!]) {
    const proven = (await book.prove(id, ann.wallet))!;
    assert.equal(proven.proof!.size, 3_000);
    assert.ok(verifies(proven, root));
  }
});

test("after a batch was split, proofs lead to the roots of its halves", async (t) => {
  const bench = await openBench(t);
  const { bed } = bench;
  const [ann, ben, pat] = [await bed.payer(100_000_000n), await bed.payer(100_000_000n), await bed.provider()];
  const ids = [await bed.books.owe(ann, pat, 5_000n), await bed.books.owe(ben, pat, 5_000n)];
  const batch = await bed.cut([ann, pat], [ben, pat]);
  const book = bench.book();
  const course = bed.course({ rootOf: (id) => book.rootOf(id) });
  await bed.advance(course, batch);
  const whole = (await book.prove(ids[1]!, ben.wallet))!;
  assert.equal(whole.proof!.size, 2);
  bed.latest.fate = { kind: "failed", reason: "The escrow program refuses this (SeqGap)" };
  await bed.advance(course, batch);
  assert.equal((await book.prove(ids[1]!, ben.wallet))!.proof, undefined, "its batch has no root now");
  for (const { id } of await bed.open()) await bed.advance(course, id);
  for (const [place, who] of [ann, ben].entries()) {
    const proven = (await book.prove(ids[place]!, who.wallet))!;
    assert.equal(proven.proof!.size, 1);
    assert.ok(verifies(proven, new Uint8Array(proven.batch!.root!)));
  }
});

test("a root that is not that of the leaves there are now proves nothing", async (t) => {
  const bench = await openBench(t);
  const { bed } = bench;
  const [ann, pat] = [await bed.payer(100_000_000n), await bed.provider()];
  const id = await bed.books.owe(ann, pat, 5_000n);
  const batch = await bed.cut([ann, pat]);
  const book = bench.book();
  await book.rootOf(batch);
  await bed.books.settlement.setRoot(bed.books.settler, batch, new Uint8Array(32).fill(9));
  assert.equal((await book.prove(id, ann.wallet))!.proof, undefined);
});

test("a tree is read once for many proofs", async (t) => {
  const bench = await openBench(t);
  const { bed, receipts } = bench;
  const [ann, pat] = [await bed.payer(100_000_000n), await bed.provider()];
  const ids = [await bed.books.owe(ann, pat, 5_000n), await bed.books.owe(ann, pat, 5_000n)];
  const batch = await bed.cut([ann, pat]);
  let reads = 0;
  const book = bench.book({
    ...receipts,
    leavesOf: (id) => {
      reads += 1;
      return receipts.leavesOf(id);
    },
  });
  await bed.books.settlement.setRoot(bed.books.settler, batch, await book.rootOf(batch));
  reads = 0;
  for (const id of ids) await book.prove(id, ann.wallet);
  assert.equal(reads, 1);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { base58 } from "@scure/base";
import { systemClock } from "@aimo-network/protocol/clock";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import { HASH_BYTES } from "@aimo-network/protocol/merkle";
import { nanoUsdc } from "@aimo-network/protocol/money";
import { systemRandom } from "@aimo-network/protocol/random";
import { liabilityLeaf, verifySumProof } from "@aimo-network/protocol/solvency";
import { createLiabilities } from "../../ledger/chain-books/liabilities.ts";
import type { Liabilities } from "../../ledger/chain-books/liabilities.ts";
import { hasLostLeadership } from "../../ledger/database/database-error.ts";
import { ScriptedSettling } from "../../test-bed/scripted-settling.ts";
import { LIABILITY_LEAVES_AT_ONCE, LIABILITY_ROOTS_KEPT_MS } from "../limits.ts";
import type { LiabilityProof, LiabilityTree } from "./liability-tree.ts";
import { createLiabilityTree } from "./liability-tree.ts";

const ASSETS = { slot: 77n, vaultAmount: 1_000n, owedUsers: 600n, owedProviders: 300n, owedFees: 100n };

interface Bench {
  readonly bed: ScriptedSettling;
  readonly liabilities: Liabilities;
  readonly tree: LiabilityTree;
  another(liabilities?: Liabilities): LiabilityTree;
  publish(tree?: LiabilityTree): Promise<void>;
}

async function openBench(t: TestContext): Promise<Bench> {
  const bed = await ScriptedSettling.open(t);
  const liabilities = createLiabilities(bed.books.database);
  const another = (given = liabilities): LiabilityTree =>
    createLiabilityTree({
      clock: bed.books.clock,
      ioClock: systemClock,
      random: systemRandom,
      liabilities: given,
    });
  const tree = another();
  return { bed, liabilities, tree, another, publish: (made = tree) => made.publish(bed.books.watcher, ASSETS) };
}

function verifies({ root, wallet, balance, salt, index, path }: LiabilityProof): boolean {
  return verifySumProof({
    leaf: liabilityLeaf({ user: wallet, balance }, salt),
    index,
    proof: path,
    root: { hash: new Uint8Array(root.root), total: root.total, size: root.users },
  });
}

test("every user who has something can prove all of it, and the total is what they have together", async (t) => {
  const { bed, tree, publish } = await openBench(t);
  const { books } = bed;
  const pat = await bed.provider();
  const payers = [];
  for (let count = 0; count < 7; count++) payers.push(await bed.payer(BigInt(count + 1) * 1_000_000n));
  const [ann, ben, eve, mal] = payers;
  await books.owe(ann!, pat, 40_000n);
  await books.ledger.lock(books.lockOf(ben!, 5_000_000n));
  await books.ask("user", eve!.user, 500_000n);
  await bed.bill(30_000n, [mal!, pat]);
  await publish();
  const root = (await tree.latest())!;
  let sum = 0n;
  for (const [place, { wallet }] of payers.entries()) {
    const proof = (await tree.prove(wallet))!;
    assert.equal(proof.balance, BigInt(place + 1) * 1_000_000_000n);
    assert.ok(verifies(proof));
    assert.ok(!verifies({ ...proof, balance: nanoUsdc(proof.balance - 1n) }));
    sum += proof.balance;
  }
  assert.deepEqual([root.total, root.users], [sum, 7]);
  const { slot, vaultAmount, owedUsers, owedProviders, owedFees } = root;
  assert.deepEqual({ slot, vaultAmount, owedUsers, owedProviders, owedFees }, ASSETS);
  assert.equal(root.at.getTime(), books.clock.now());
});

test("whoever has nothing is not counted, nor are providers", async (t) => {
  const { bed, tree, publish } = await openBench(t);
  const [ann, ben] = [await bed.payer(1_000_000n), await bed.payer(0n)];
  const pat = await bed.provider();
  await publish();
  assert.equal((await tree.latest())!.users, 1);
  assert.equal(await tree.prove(ben.wallet), undefined);
  assert.equal(await tree.prove(await bed.walletOf(pat)), undefined);
  assert.equal((await tree.prove(ann.wallet))!.balance, 1_000_000_000n);
});

test("where nobody has anything the root is empty, and before the first one there is none", async (t) => {
  const { bed, tree, publish } = await openBench(t);
  const ann = await bed.payer(0n);
  assert.equal(await tree.latest(), undefined);
  assert.equal(await tree.prove(ann.wallet), undefined);
  await publish();
  const { root, total, users } = (await tree.latest())!;
  assert.deepEqual([new Uint8Array(root), total, users], [new Uint8Array(HASH_BYTES), 0n, 0]);
});

test("a later root counts what is there then, with salts of its own, and proofs are below the latest", async (t) => {
  const { bed, tree, publish } = await openBench(t);
  const [ann] = [await bed.payer(1_000_000n), await bed.payer(2_000_000n)];
  await publish();
  const before = (await tree.prove(ann.wallet))!;
  bed.chain.deposit(0, 500_000n, 0n);
  await bed.observe(ann.wallet);
  assert.deepEqual(await tree.prove(ann.wallet), before, "it stands until the next");
  bed.books.clock.advance(1_000);
  await publish();
  const after = (await tree.prove(ann.wallet))!;
  assert.deepEqual([after.balance, after.root.id > before.root.id], [1_500_000_000n, true]);
  assert.notDeepEqual(after.salt, before.salt);
  assert.ok(verifies(after));
});

test("proofs are the same from another instance, and after a restart", async (t) => {
  const { bed, tree, another, publish } = await openBench(t);
  const [ann] = [await bed.payer(1_000_000n), await bed.payer(2_000_000n), await bed.payer(3_000_000n)];
  await publish();
  assert.deepEqual(await another().prove(ann.wallet), await tree.prove(ann.wallet));
});

test("roots are kept for so long, and forgotten with their leaves then; the latest never", async (t) => {
  const { bed, publish } = await openBench(t);
  await bed.payer(1_000_000n);
  const kept = async (): Promise<unknown> =>
    await bed.books.row(
      "SELECT (SELECT count(*) FROM liability_roots) AS roots, (SELECT count(*) FROM liability_leaves) AS leaves",
    );
  await publish();
  bed.books.clock.advance(LIABILITY_ROOTS_KEPT_MS);
  await publish();
  assert.deepEqual(await kept(), { roots: 2n, leaves: 2n });
  bed.books.clock.advance(1);
  await publish();
  assert.deepEqual(await kept(), { roots: 2n, leaves: 2n });
  bed.books.clock.advance(10 * LIABILITY_ROOTS_KEPT_MS);
  await publish();
  assert.deepEqual(await kept(), { roots: 1n, leaves: 1n });
});

test("a root is of one moment, whatever requests, settlements and withdrawals go on", async (t) => {
  const { bed, tree, publish } = await openBench(t);
  const { books } = bed;
  const pat = await bed.provider();
  const payers = [];
  for (let count = 0; count < 12; count++) payers.push(await bed.payer(10_000_000n));
  const stop = new AbortController();
  const busy = payers.map(async (payer) => {
    while (!stop.signal.aborted) {
      const lock = books.lockOf(payer, 50_000n, { provider: pat });
      await books.ledger.lock(lock);
      await books.ledger.charge(books.chargeOf(lock, 20_000n));
    }
  });
  const withdrawing = (async () => {
    for (const payer of payers.slice(0, 6)) await books.ask("user", payer.user, 1_000n);
  })();
  for (let count = 0; count < 10; count++) {
    await publish();
    // Nothing of it leaves anybody's books: whatever moves inside them, the sum stays.
    assert.equal((await tree.latest())!.total, 120_000_000_000n);
  }
  stop.abort();
  await Promise.all([...busy, withdrawing]);
  const { total } = await books.row(
    "SELECT sum(available + locked + withdrawing + payable)::bigint AS total FROM users",
  );
  await publish();
  assert.equal((await tree.latest())!.total, total);
  assert.deepEqual(await books.faults(), []);
});

test("many leaves are hashed a few at a time, with turns for others in between", async (t) => {
  const { bed, another, publish } = await openBench(t);
  const count = 2 * LIABILITY_LEAVES_AT_ONCE + 1;
  await bed.books.database.query(
    `WITH w AS (INSERT INTO wallets (address) SELECT sha256(n::text::bytea) FROM generate_series(1, $1::integer) n RETURNING id)
     INSERT INTO users (id, available) SELECT id, 5 FROM w`,
    [count],
  );
  let turns = 0;
  const tree = createLiabilityTree({
    clock: bed.books.clock,
    ioClock: {
      ...systemClock,
      timer: (ms, fire) => {
        turns += 1;
        return systemClock.timer(ms, fire);
      },
    },
    random: systemRandom,
    liabilities: createLiabilities(bed.books.database),
  });
  await publish(tree);
  assert.equal(turns, 3);
  const { address } = await bed.books.row("SELECT address FROM wallets ORDER BY id DESC LIMIT 1");
  const proof = (await tree.prove(base58.encode(address as Uint8Array)))!;
  assert.equal(turns, 6);
  assert.ok(verifies(proof));
  assert.deepEqual(await another().prove(proof.wallet), proof);
});

test("a tree that could not be read is read again, and one that was is not", async (t) => {
  const { bed, another, liabilities, publish } = await openBench(t);
  const ann = await bed.payer(1_000_000n);
  await publish();
  let reads = 0;
  let isAway = true;
  const tree = another({
    ...liabilities,
    leavesOf: async (root) => {
      reads += 1;
      if (isAway) throw new AimoError("ledger_unavailable", {});
      return await liabilities.leavesOf(root);
    },
  });
  const both = await Promise.allSettled([tree.prove(ann.wallet), tree.prove(ann.wallet)]);
  assert.deepEqual(
    both.map((one) => one.status === "rejected" && isAimoError(one.reason, "ledger_unavailable")),
    [true, true],
  );
  isAway = false;
  reads = 0;
  assert.ok(verifies((await tree.prove(ann.wallet))!));
  assert.ok(verifies((await tree.prove(ann.wallet))!));
  assert.equal(reads, 1);
});

test("whoever has lost the lead publishes nothing", async (t) => {
  const { bed, tree, publish } = await openBench(t);
  await bed.payer(1_000_000n);
  await bed.books.lead("watcher");
  await assert.rejects(publish(), hasLostLeadership);
  assert.equal(await tree.latest(), undefined);
});

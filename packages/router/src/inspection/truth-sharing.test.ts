import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { AimoError } from "@aimo-network/protocol/errors";
import { manualClock } from "@aimo-network/protocol/clock";
import { pino } from "pino";
import { FINDING_UNSEEN_MS } from "../market/limits.ts";
import { NO_EVIDENCE } from "../market/truth/evidence.ts";
import { createTruthBoard } from "../market/truth/truth-board.ts";
import { openTruthBooks } from "../test-bed/truth-books.ts";
import { TRUTH_READ_MS, TRUTH_SEEN_MS } from "./limits.ts";
import { shareTruth } from "./truth-sharing.ts";

const VERIFIED = { ...NO_EVIDENCE, verdict: "verified" } as const;

async function until(holds: () => boolean): Promise<void> {
  for (let looks = 0; !holds(); looks += 1) {
    assert.ok(looks < 2_000, "never");
    await pause(5);
  }
}

async function open(t: TestContext) {
  const { books, fence, close } = await openTruthBooks();
  const clock = manualClock(100 * 24 * 3_600_000);
  const closing: (() => Promise<void>)[] = [];
  t.after(async () => {
    for (const end of closing) await end();
    await close();
  });
  const join = async (ids: readonly string[] = [], more: Partial<typeof books> = {}) => {
    const board = createTruthBoard();
    const log = pino({ level: "silent" });
    const sharing = shareTruth({ clock, log, board, books: { ...books, ...more }, offerIds: () => ids });
    closing.push(() => sharing.close());
    await sharing.ready;
    return board;
  };
  return { books, clock, join, fence };
}

test("what one instance finds out every other one knows at its next look", async (t) => {
  const { books, clock, join, fence } = await open(t);
  await books.save(fence, clock.now(), new Map([["w/early", VERIFIED]]));
  const [one, other] = [await join(), await join()];
  assert.equal(one.finding("w/early").verdict, "verified");
  await books.save(fence, clock.now(), new Map([["w/late", VERIFIED]]));
  clock.advance(TRUTH_READ_MS - 1);
  assert.equal(one.finding("w/late").verdict, "new");
  clock.advance(1);
  await until(() => [one, other].every((board) => board.finding("w/late").verdict === "verified"));
});

test("what another version wrote is passed over", async (t) => {
  const { books, clock, join, fence } = await open(t);
  await books.save(
    fence,
    clock.now(),
    new Map<string, unknown>([
      ["w/odd", { verdict: "splendid" }],
      ["w/m", VERIFIED],
    ]),
  );
  const board = await join();
  assert.equal(board.finding("w/odd").verdict, "new");
  assert.equal(board.finding("w/m").verdict, "verified");
});

test("offers on sale are kept, those unseen for thirty days forgotten", async (t) => {
  const { books, clock, join, fence } = await open(t);
  await books.save(
    fence,
    clock.now(),
    new Map([
      ["w/here", VERIFIED],
      ["w/gone", VERIFIED],
    ]),
  );
  const board = await join(["w/here"]);
  // In steps shorter than its rests: each step lets it note once.
  for (let passed = 0; passed <= FINDING_UNSEEN_MS + 2 * TRUTH_SEEN_MS; passed += TRUTH_SEEN_MS) {
    const { stored } = await books.read(0n);
    if (passed < FINDING_UNSEEN_MS) assert.equal(stored.length, 2);
    const before = clock.waiting;
    clock.advance(TRUTH_SEEN_MS);
    await until(() => clock.waiting >= before);
  }
  await until(() => board.finding("w/gone").verdict === "new");
  assert.equal(board.finding("w/here").verdict, "verified");
  assert.deepEqual(
    (await books.read(0n)).stored.map(({ offerId }) => offerId),
    ["w/here"],
  );
});

test("a router that was off for longer knows what it knew: nobody saw whether the offers were on sale", async (t) => {
  const { books, clock, join, fence } = await open(t);
  await books.save(fence, clock.now(), new Map([["w/m", VERIFIED]]));
  clock.advance(FINDING_UNSEEN_MS + 1);
  const board = await join(); // nobody is connected to a router that has just begun
  assert.equal(board.finding("w/m").verdict, "verified");
});

test("a database that is away is waited for", async (t) => {
  const { books, clock, join, fence } = await open(t);
  await books.save(fence, clock.now(), new Map([["w/m", VERIFIED]]));
  let isAway = true;
  const board = await join([], {
    read: (change) => (isAway ? Promise.reject(new AimoError("ledger_unavailable", {})) : books.read(change)),
  });
  assert.equal(board.finding("w/m").verdict, "new");
  isAway = false;
  clock.advance(TRUTH_READ_MS);
  await until(() => board.finding("w/m").verdict === "verified");
});

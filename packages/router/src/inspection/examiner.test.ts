import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { manualClock } from "@aimo-network/protocol/clock";
import { parseNanoUsdc } from "@aimo-network/protocol/money";
import { seededRandom } from "@aimo-network/protocol/random";
import { pino } from "pino";
import { createOfferBook } from "../market/offer-book.ts";
import type { Check } from "../market/truth/checks.ts";
import { afterRound, NO_EVIDENCE } from "../market/truth/evidence.ts";
import { createTruthBoard } from "../market/truth/truth-board.ts";
import { createByteBudget } from "../providers/byte-budget.ts";
import { createLinks } from "../providers/links.ts";
import { createFakeLink } from "../test-bed/fake-link.ts";
import { freeAsks } from "../test-bed/free-asks.ts";
import { answerWhole, WHOLE_ANSWER } from "../test-bed/relay-bench.ts";
import { plainOffer } from "../test-bed/scripted-provider.ts";
import type { AskDeps } from "./ask-offer.ts";
import type { ExaminerDeps } from "./examiner.ts";
import { Examiner } from "./examiner.ts";
import type { InspectionBooks } from "./inspection-books.ts";
import { inspectionSchedule } from "./schedule.ts";

const NOW_MS = 10 * 24 * 3_600_000;
const nobody = (): Promise<never> => Promise.reject(new Error("nobody is asked"));
const BOOKS: InspectionBooks = {
  ...{ read: nobody, save: nobody, seen: nobody, forget: nobody, reserve: nobody, giveBack: nobody },
};
const ASKS: AskDeps = {
  ...{ clock: manualClock(), random: seededRandom(1), payer: nobody, charge: nobody, release: nobody },
  billing: { lock: nobody, settled: () => Promise.resolve() },
  relayDeps: {
    ...{ clock: manualClock(), log: pino({ level: "silent" }), answerBytes: createByteBudget(0) },
    deadlines: { firstByteMs: 1, idleMs: 1, totalMs: 1 },
  },
  read: () => assert.fail(),
  requestId: () => "",
  observe: () => assert.fail(),
};

/** An examiner of a market whose offers have no links any more; counts the rounds it begins. */
function examine(more: Partial<ExaminerDeps> = {}) {
  const clock = manualClock(NOW_MS);
  const board = createTruthBoard();
  const book = createOfferBook();
  const log = pino({ level: "silent" });
  let rounds = 0;
  const random = seededRandom(2);
  const deps: ExaminerDeps = {
    ...{ clock, log, book, random, links: createLinks(), books: BOOKS, asks: ASKS, leadership: { fence: 1n } },
    board: {
      ...board,
      evidence(offerId) {
        rounds += 1;
        return board.evidence(offerId);
      },
    },
    ...more,
  };
  const rules = { usdcPerDay: parseNanoUsdc("1"), wallet: "own", schedule: inspectionSchedule(600_000) };
  const examiner = new Examiner(deps, rules);
  /** Looks once a minute for so long; how often evidence was asked for. */
  const pass = async (minutes: number): Promise<number> => {
    const before = rounds;
    for (let minute = 0; minute < minutes; minute += 1) {
      examiner.look();
      clock.advance(60_000);
      for (let turns = 0; turns < 10; turns += 1) await turn(); // as many as answers take
    }
    return rounds - before;
  };
  return { board, book, examiner, pass };
}

const GOOD = new Map<Check, "passed">([
  ["chat", "passed"],
  ["stream", "passed"],
]);

test("who does not lead looks at nothing", async () => {
  const { book, pass } = examine({ leadership: { fence: undefined } });
  book.replace({ id: "l", wallet: "w" }, [plainOffer("m")], NOW_MS);
  assert.equal(await pass(60), 0);
});

test("an offer that cannot be asked is tried less and less often", async () => {
  const { book, pass } = examine();
  book.replace({ id: "l", wallet: "w" }, [plainOffer("m")], NOW_MS);
  const [first, later] = [await pass(120), await pass(120)];
  assert.ok(first > 0);
  assert.ok(later < first / 2, `${first} and then ${later}`);
});

test("two offers that go on disagreeing are asked less and less often for what stays open", async () => {
  const links = createLinks();
  let asked = 0;
  const { book, pass } = examine({
    ...{ links, asks: freeAsks() },
    books: {
      ...BOOKS,
      reserve: () => Promise.resolve("ok"),
      giveBack: () => Promise.resolve(),
      save: () => Promise.resolve(),
    },
  });
  for (const [wallet, promptTokens] of [
    ["one", 400],
    ["two", 600],
  ] as const) {
    const link = createFakeLink(wallet);
    // In the next turn: a link does not answer before it is asked.
    link.opening = (attempt) =>
      setImmediate(() => {
        asked += 1;
        const body = Buffer.concat(attempt.request.body).toString();
        if (body.includes("image_url")) attempt.answer(500, "{}");
        else if (body.includes('"stream":true')) answerWhole(attempt, true);
        else attempt.answer(200, WHOLE_ANSWER.replace('"prompt_tokens":3', `"prompt_tokens":${promptTokens}`));
      });
    links.add(link);
    book.replace(link, [plainOffer("m", { input_modalities: ["text", "image"] })], NOW_MS);
  }
  await pass(180);
  const first = asked;
  await pass(180);
  assert.ok(first > 8, `${first}`);
  assert.ok(asked - first < first / 4, `${first} and then ${asked - first}`);
});

test("an offer that is due with nothing left to ask is let be", async () => {
  const { board, book, pass } = examine();
  const declared = ["chat", "stream", "tools"] as const;
  const results = new Map<Check, "passed">([...GOOD, ["tools", "passed"]]);
  const evidence = afterRound(NO_EVIDENCE, { declared, results, comparison: "agrees" }, NOW_MS, 1);
  board.put([{ offerId: "w/m", evidence, seenAtMs: NOW_MS }]);
  const sell = (...capabilities: string[]): void =>
    book.replace({ id: "l", wallet: "w" }, [plainOffer("m", { capabilities })], NOW_MS);
  sell();
  await pass(15);
  sell("tools"); // declared again, and known since this morning
  assert.ok((await pass(15)) > 0);
  assert.equal(await pass(120), 0);
});

test("a market too large for one look is looked at whole all the same", async () => {
  const { book, pass } = examine();
  for (let link = 0; link < 120; link += 1) {
    const offers = Array.from({ length: 100 }, (_, index) => plainOffer(`m${link}-${index}`));
    book.replace({ id: `l${link}`, wallet: `w${link}` }, offers, NOW_MS);
  }
  assert.equal(await pass(1), 5_000, "each is entered when it is seen first");
  assert.equal(await pass(1), 5_000);
  assert.equal(await pass(1), 2_000);
});

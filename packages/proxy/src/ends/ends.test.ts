// Ends outlive their process until a router has recorded them, within their bounds, and hold nothing but counts.
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import { ENDS_KEPT_MAX, ENDS_KEPT_MS } from "@aimo-network/protocol/limits";
import type { End } from "@aimo-network/protocol/wire/messages";
import { createEnd } from "../serving/end.ts";
import { Ends } from "./ends.ts";
import { SPOOL_DELAY_MS, SPOOL_SPARE_LINES_MAX } from "../limits.ts";
import { createLog } from "../log.ts";

const end = (number: number): End =>
  createEnd({
    attemptId: number.toString(16).padStart(32, "0"),
    reader: undefined,
    calledAtMs: 0,
    firstByteAtMs: 5,
    endedAtMs: 10,
    cancelled: false,
  });
const ids = (ends: readonly End[]): number[] => ends.map(({ attempt_id: id }) => Number.parseInt(id, 16));

interface Bench {
  readonly clock: ManualClock;
  readonly path: string;
  readonly logLines: string[];
  /** As a process does that starts now. */
  open(): Ends;
  lines(): string[];
}

function bench(context: TestContext): Bench {
  const directory = mkdtempSync(join(tmpdir(), "aimo-ends-"));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  const clock = manualClock();
  const path = join(directory, "state", "ends.jsonl");
  const logLines: string[] = [];
  const log = createLog({ write: (line) => void logLines.push(line) });
  return {
    clock,
    path,
    logLines,
    open: () => new Ends(clock, log, path),
    lines: () =>
      readFileSync(path, "utf8")
        .split("\n")
        .filter((line) => line !== ""),
  };
}

describe("kept ends", () => {
  test("they wait for the router that made the attempt, oldest first", (context) => {
    const ends = bench(context).open();
    ends.keep("a", end(1));
    ends.keep("b", end(2));
    ends.keep("a", end(3));
    assert.deepEqual(ids(ends.waiting("a")), [1, 3]);
    assert.deepEqual(ids(ends.waiting("b")), [2]);
    ends.forget(end(1).attempt_id);
    assert.deepEqual(ids(ends.waiting("a")), [3]);
  });

  test("one that is acknowledged in time never touches the disk", (context) => {
    const { clock, open, lines } = bench(context);
    const ends = open();
    ends.keep("a", end(1));
    clock.advance(SPOOL_DELAY_MS - 1);
    ends.forget(end(1).attempt_id);
    clock.advance(SPOOL_DELAY_MS * 10);
    assert.deepEqual(lines(), []);
    assert.equal(clock.waiting, 0);
  });

  test("one that waits is written after the delay and not before", (context) => {
    const { clock, open, lines } = bench(context);
    open().keep("a", end(1));
    clock.advance(SPOOL_DELAY_MS - 1);
    assert.deepEqual(lines(), []);
    clock.advance(1);
    assert.equal(lines().length, 1);
  });

  test("a flush writes at once, and the next process has them", (context) => {
    const { clock, open } = bench(context);
    const first = open();
    first.keep("a", end(1));
    first.keep("a", end(2));
    first.flush();
    const second = open();
    assert.deepEqual(ids(second.waiting("a")), [1, 2]);
    assert.deepEqual(second.waiting("a")[0], end(1));
    second.forget(end(1).attempt_id);
    clock.advance(SPOOL_DELAY_MS);
    assert.deepEqual(ids(open().waiting("a")), [2]);
  });

  test("they expire after a day and not a millisecond before", (context) => {
    const { clock, open } = bench(context);
    const ends = open();
    ends.keep("a", end(1));
    ends.flush();
    clock.advance(ENDS_KEPT_MS - 1);
    assert.deepEqual(ids(open().waiting("a")), [1]);
    assert.deepEqual(ids(ends.waiting("a")), [1]);
    clock.advance(1);
    assert.deepEqual(ids(open().waiting("a")), []);
    assert.deepEqual(ids(ends.waiting("a")), []);
    ends.keep("a", end(2));
    assert.equal(ends.size, 1);
  });

  test("the oldest goes when one more than the greatest number is kept", (context) => {
    const ends = bench(context).open();
    for (let number = 1; number <= ENDS_KEPT_MAX; number += 1) ends.keep("a", end(number));
    assert.equal(ids(ends.waiting("a"))[0], 1);
    ends.keep("a", end(ENDS_KEPT_MAX + 1));
    assert.equal(ends.size, ENDS_KEPT_MAX);
    assert.equal(ids(ends.waiting("a"))[0], 2);
  });

  test("without a path they live in memory", () => {
    const ends = new Ends(manualClock(), createLog({ write: () => undefined }), undefined);
    ends.keep("a", end(1));
    ends.flush();
    assert.deepEqual(ids(ends.waiting("a")), [1]);
  });
});

describe("the spool file", () => {
  test("it is readable by its owner only, also when it was there before", (context) => {
    const { path, open } = bench(context);
    open();
    assert.equal(statSync(path).mode & 0o777, 0o600);
    chmodSync(path, 0o644);
    open();
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  test("it stays bounded however many Ends come and go", (context) => {
    const { clock, path, open, lines } = bench(context);
    const ends = open();
    ends.keep("a", end(0));
    let longest = 0;
    for (let number = 1; number <= SPOOL_SPARE_LINES_MAX; number += 1) {
      ends.keep("a", end(number));
      if (number % 500 !== 0) continue;
      ends.flush();
      for (let done = number - 499; done <= number; done += 1) ends.forget(end(done).attempt_id);
      clock.advance(SPOOL_DELAY_MS);
      longest = Math.max(longest, lines().length);
    }
    assert.ok(longest <= SPOOL_SPARE_LINES_MAX + 501, String(longest));
    assert.ok(lines().length < SPOOL_SPARE_LINES_MAX);
    assert.deepEqual(ids(open().waiting("a")), [0]);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(existsSync(`${path}.next`), false);
  });

  test("rewriting keeps what another process has written meanwhile", (context) => {
    const { open } = bench(context);
    const [first, second] = [open(), open()];
    second.keep("b", end(77));
    second.flush();
    for (let number = 100; number < 100 + SPOOL_SPARE_LINES_MAX; number += 1) first.keep("a", end(number));
    first.flush();
    for (let number = 100; number < 100 + SPOOL_SPARE_LINES_MAX; number += 1) first.forget(end(number).attempt_id);
    first.flush();
    second.keep("b", end(78));
    second.flush();
    assert.deepEqual(ids(open().waiting("b")), [77, 78]);
  });

  test("a torn or foreign line is skipped and said so", (context) => {
    const { path, open, logLines } = bench(context);
    const ends = open();
    ends.keep("a", end(1));
    ends.flush();
    writeFileSync(
      path,
      `not json\n{"router":"a","at":1,"end":{}}\nnull\n${readFileSync(path, "utf8")}{"router":"a","at":`,
      { mode: 0o600 },
    );
    assert.deepEqual(ids(open().waiting("a")), [1]);
    assert.match(logLines.join(""), /"unreadable":4/);
  });

  test("a place that cannot be written is said once, and memory goes on", (context) => {
    const { clock, path, logLines } = bench(context);
    mkdirSync(path, { recursive: true });
    const log = createLog({ write: (line) => void logLines.push(line) });
    const ends = new Ends(clock, log, path);
    ends.keep("a", end(1));
    ends.flush();
    assert.deepEqual(ids(ends.waiting("a")), [1]);
    assert.equal(logLines.length, 1);
    assert.match(logLines[0] ?? "", /EISDIR.*\[spool\] path/);
  });
});

// Where the doctor draws its lines about a machine: each limit from both sides.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CLOCK_SKEW_MAX_MS } from "../limits.ts";
import { VERSION } from "../version.ts";
import { clockFinding, nodeFinding, versionFinding } from "./machine-questions.ts";
import { NotAsked } from "./question.ts";

const NOW_MS = Date.UTC(2026, 10, 26, 12);
const at = (ms: number): string => new Date(ms).toUTCString();

describe("a machine", () => {
  test("Node.js is new enough from 22.18 on", () => {
    for (const version of ["22.18.0", "22.19.1", "24.0.0"]) assert.equal(nodeFinding(version).verdict, "good", version);
    for (const version of ["22.17.9", "20.20.2", "21.99.0"]) assert.equal(nodeFinding(version).verdict, "bad", version);
  });

  test("versions of one epoch understand each other: the second number counts until 1.0", () => {
    const [major = "", minor = ""] = VERSION.split(".");
    assert.equal(versionFinding(`${major}.${minor}.99`, "").verdict, "good");
    assert.equal(
      versionFinding(`${major}.${Number.parseInt(minor, 10) + 1}.0`, "").verdict,
      major === "0" ? "bad" : "good",
    );
    assert.equal(versionFinding(`${Number.parseInt(major, 10) + 1}.0.0`, "").verdict, "bad");
  });

  test("a clock may be off by the limit either way, and not by a millisecond more", () => {
    const ask = (beforeMs: number, afterMs: number) => clockFinding({ beforeMs, afterMs }, at(NOW_MS));
    // The date's second has 999 further milliseconds in which the router may have answered.
    assert.equal(ask(NOW_MS + 999 + CLOCK_SKEW_MAX_MS, NOW_MS + 999 + CLOCK_SKEW_MAX_MS + 50).verdict, "good");
    assert.equal(ask(NOW_MS + 999 + CLOCK_SKEW_MAX_MS + 1, NOW_MS + 999 + CLOCK_SKEW_MAX_MS + 50).verdict, "bad");
    assert.equal(ask(NOW_MS - CLOCK_SKEW_MAX_MS - 50, NOW_MS - CLOCK_SKEW_MAX_MS).verdict, "good");
    assert.equal(ask(NOW_MS - CLOCK_SKEW_MAX_MS - 50, NOW_MS - CLOCK_SKEW_MAX_MS - 1).verdict, "bad");
  });

  test("what may be due to the seconds of the date, or to the way, is no fault of the clock", () => {
    const ask = (beforeMs: number, afterMs: number) => clockFinding({ beforeMs, afterMs }, at(NOW_MS)).words;
    assert.equal(ask(NOW_MS + 999, NOW_MS + 1_100), "agrees with the router's");
    assert.equal(ask(NOW_MS - 5_000, NOW_MS), "agrees with the router's");
    assert.equal(ask(NOW_MS + 1_000, NOW_MS + 1_100), "1 s ahead of the router's");
    assert.equal(ask(NOW_MS - 5_000, NOW_MS - 3_000), "3 s behind the router's");
  });

  test("a router without a date, or with one that is none, is not held against the clock", () => {
    for (const date of [null, "yesterday"])
      assert.throws(() => clockFinding({ beforeMs: 0, afterMs: 0 }, date), NotAsked);
  });
});

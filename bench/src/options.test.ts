import assert from "node:assert/strict";
import { test } from "node:test";
import { optionsHelp, readOptions } from "./options.ts";

const SUBJECTS = ["json", "streams"];

test("without a word everything is measured in five rounds", () => {
  const options = readOptions([], SUBJECTS);
  assert.equal(options.rounds, 5);
  assert.deepEqual(options.only, []);
  assert.equal(options.compare, false);
});

test("subjects are given one by one or with commas, and must exist", () => {
  assert.deepEqual(readOptions(["--only", "json", "--only", "streams"], SUBJECTS).only, SUBJECTS);
  assert.deepEqual(readOptions(["--only", "json,streams"], SUBJECTS).only, SUBJECTS);
  assert.throws(() => readOptions(["--only", "jsn"], SUBJECTS), /expected any of json, streams, found jsn/);
});

test("rounds are a whole number from 1 to 99", () => {
  assert.equal(readOptions(["--rounds", "99"], SUBJECTS).rounds, 99);
  for (const wrong of ["0", "100", "1.5", "x"]) {
    assert.throws(() => readOptions(["--rounds", wrong], SUBJECTS), /from 1 to 99/);
  }
});

test("a run can be kept, of everything or of some subjects", () => {
  assert.equal(readOptions(["--write"], SUBJECTS).write, true);
  assert.deepEqual(readOptions(["--write", "--only", "json"], SUBJECTS).only, ["json"]);
});

test("a soak, a profile or another checkout has no figures to keep or to compare", () => {
  assert.equal(readOptions(["--soak"], SUBJECTS).soak, true);
  assert.equal(readOptions(["--cpu-prof", "--only", "json"], SUBJECTS).cpuProfile, true);
  assert.equal(readOptions(["--against", "/there"], SUBJECTS).against, "/there");
  for (const alone of [["--soak"], ["--cpu-prof"], ["--against", "/there"]]) {
    for (const more of ["--write", "--compare"]) {
      assert.throws(() => readOptions([...alone, more], SUBJECTS), /no figures to keep/);
    }
  }
});

test("help names every option that is read, and the subjects", () => {
  for (const word of ["--help", "-h"]) assert.equal(readOptions([word], SUBJECTS).help, true);
  const help = optionsHelp(SUBJECTS);
  const named = [...help.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name);
  assert.deepEqual(named, ["rounds", "only", "compare", "write", "soak", "cpu-prof", "against", "full-tables"]);
  for (const subject of SUBJECTS) assert.ok(help.includes(subject));
});

test("an unknown option is refused", () => {
  assert.throws(() => readOptions(["--fast"], SUBJECTS), /--fast/);
});

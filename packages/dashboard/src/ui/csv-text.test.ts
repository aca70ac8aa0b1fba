import assert from "node:assert/strict";
import { test } from "node:test";
import { csvText } from "./csv-text.ts";

test("cells with commas, quotes and line ends are quoted", () => {
  assert.equal(
    csvText(
      ["a", "b"],
      [
        ["1,5", 'he said "no"'],
        ["two\nlines", ""],
      ],
    ),
    ["a,b", '"1,5","he said ""no"""', '"two\nlines",', ""].join("\r\n"),
  );
});

test("what a spreadsheet would run is text, and a number stays one", () => {
  for (const cell of ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\n=1", " =1+1", "＝1+1", "-cmd|' /C calc'!A0"]) {
    assert.match(csvText(["x"], [[cell]]), /^x\r\n"?'/, cell);
  }
  assert.equal(csvText(["x"], [["-1.5"], ["0.000000001"]]), "x\r\n-1.5\r\n0.000000001\r\n");
  assert.equal(csvText(["x"], [['=HYPERLINK("a","b")']]), 'x\r\n"\'=HYPERLINK(""a"",""b"")"\r\n');
});

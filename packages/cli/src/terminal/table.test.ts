import assert from "node:assert/strict";
import { test } from "node:test";
import { factsText, tableText } from "./table.ts";
import { textWidth } from "./text-width.ts";

const WIDE = Number.MAX_SAFE_INTEGER;
const COLUMNS = [{ title: "MODEL", isElastic: true }, { title: "PRICE", isNumber: true }, { title: "NOTE" }];

test("columns line up, numbers at their end, and no line ends with spaces", () => {
  const rows = [
    ["acme/large", "1.5", "good"],
    ["a/b", "10.25", ""],
  ];
  assert.equal(
    tableText(COLUMNS, rows, { width: WIDE }),
    ["MODEL       PRICE  NOTE", "acme/large    1.5  good", "a/b         10.25"].join("\n"),
  );
});

test("columns line up where characters take two columns, or none", () => {
  const lines = tableText(
    COLUMNS,
    [
      ["模型/é", "1", "x"],
      ["a", "2", "y"],
    ],
    { width: WIDE },
  ).split("\n");
  assert.equal(textWidth((lines[1] ?? "").split("1")[0] ?? ""), textWidth((lines[2] ?? "").split("2")[0] ?? ""));
});

test("elastic columns give way until the table fits the terminal, and no further than can be read", () => {
  const rows = [["author/a-model-with-a-long-name", "1.5", "good"]];
  const fits = tableText(COLUMNS, rows, { width: 30 }).split("\n");
  assert.ok(fits.every((line) => textWidth(line) <= 30));
  assert.match(fits[1] ?? "", /^author\/a-model-w… {2}/);
  const narrow = tableText(COLUMNS, rows, { width: 5 }).split("\n");
  assert.match(narrow[1] ?? "", /^author\/… {4}1\.5 {2}good$/);
  const whole = tableText(COLUMNS, rows, { width: WIDE });
  assert.match(whole, /a-model-with-a-long-name/, "a pipe gets all of it");
});

test("extra columns are left out, the last first, before what one types is cut", () => {
  const columns = [...COLUMNS, { title: "SPEED", isNumber: true, isExtra: true }, { title: "END", isExtra: true }];
  const rows = [["author/a-model", "1.5", "good", "70", "stop"]];
  const paint = (cell: string, _row: number, column: number): string => (column === 3 ? `<${cell}>` : cell);
  const at = (width: number): (string | undefined)[] =>
    tableText(columns, rows, { width, paint })
      .split("\n")
      .map((line) => line.replaceAll(/ +/g, " "));
  assert.deepEqual(at(40), ["MODEL PRICE NOTE SPEED END", "author/a-model 1.5 good <70> stop"]);
  assert.deepEqual(at(39), ["MODEL PRICE NOTE SPEED", "author/a-model 1.5 good <70>"]);
  assert.deepEqual(at(30), ["MODEL PRICE NOTE", "author/a-model 1.5 good"]);
  assert.deepEqual(at(25), ["MODEL PRICE NOTE", "author/a-mo… 1.5 good"]);
});

test("cells are painted after they were measured, and titles are not", () => {
  const text = tableText(COLUMNS, [["a", "1", "x"]], {
    width: WIDE,
    paint: (cell, row, column) => `<${row}${column}${cell}>`,
  });
  assert.equal(text, ["MODEL  PRICE  NOTE", "<00a>          <011>  <02x>"].join("\n"));
});

test("a table without rows is its titles", () => {
  assert.equal(tableText(COLUMNS, [], { width: 80 }), "MODEL  PRICE  NOTE");
});

test("facts have their names lined up", () => {
  assert.equal(
    factsText([
      ["id", "1"],
      ["router", "x"],
      ["none", ""],
    ]),
    "id      1\nrouter  x\nnone",
  );
  assert.equal(factsText([]), "");
});

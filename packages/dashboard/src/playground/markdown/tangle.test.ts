import assert from "node:assert/strict";
import { test } from "node:test";
import { BLOCK_LINES_MAX, CELLS_MAX, MARKS_MAX, NESTING_MAX, UNDERLINES_MAX } from "../limits.ts";
import { isTangled } from "./tangle.ts";

test("each bound is kept on both of its sides", () => {
  const cases: readonly (readonly [within: string, beyond: string])[] = [
    [">".repeat(NESTING_MAX), ">".repeat(NESTING_MAX + 1)],
    [`${"- ".repeat(NESTING_MAX)}a`, `${"- ".repeat(NESTING_MAX + 1)}a`],
    [`a\n${" 1. >".repeat(NESTING_MAX / 2)}`, `a\n${" 1. >".repeat(NESTING_MAX / 2 + 1)}`],
    ["*_".repeat(MARKS_MAX / 2), `${"*_".repeat(MARKS_MAX / 2)}~`],
    ["[]".repeat(MARKS_MAX / 2), `${"[]".repeat(MARKS_MAX / 2)}[`],
    ["a\n--\n".repeat(UNDERLINES_MAX), "a\n--\n".repeat(UNDERLINES_MAX + 1)],
    ["a\n".repeat(BLOCK_LINES_MAX - 1), "a\n".repeat(BLOCK_LINES_MAX)],
    ["|a|b|c\n".repeat(CELLS_MAX / 4 / 2), `${"|".repeat(CELLS_MAX / 2 - 1)}\n|\n|`],
  ];
  for (const [within, beyond] of cases) {
    assert.equal(isTangled(within), false, within.slice(0, 30));
    assert.equal(isTangled(beyond), true, beyond.slice(0, 30));
  }
});

test("what people write is not tangled", () => {
  assert.equal(
    isTangled("1. **Bold** and `snake_case_name`\n   - nested [link](https://a.example)\n\n> quote\n> > quote"),
    false,
  );
  assert.equal(isTangled("| a | b | c |\n|---|---|---|\n".concat("| 1 | 2 | 3 |\n".repeat(100))), false);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { openTestDatabase } from "../../test-bed/test-database.ts";

test("whole numbers arrive as bigint, also as sums and in arrays, and go out as they came", async () => {
  const database = await openTestDatabase();
  const [row] = await database.query<Record<string, unknown>>(
    "SELECT $1::int8 AS one, sum(n) AS sum, $2::int8[] AS list, 7::int4 AS small FROM unnest($2::int8[]) AS n",
    [9_223_372_036_854_775_807n, [1n, 9_007_199_254_740_993n]],
  );
  assert.deepEqual(row, {
    one: 9_223_372_036_854_775_807n,
    sum: 9_007_199_254_740_994n,
    list: [1n, 9_007_199_254_740_993n],
    small: 7,
  });
  await database.close();
});

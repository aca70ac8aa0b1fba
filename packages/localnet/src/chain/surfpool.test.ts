import assert from "node:assert/strict";
import { test } from "node:test";
import { findSurfpool } from "./surfpool.ts";

test("a platform without Surfpool is told of a validator of one's own", () => {
  assert.throws(
    () => findSurfpool("linux-arm64"),
    /there is none for linux-arm64\. .*--rpc-url http:\/\/127\.0\.0\.1:8899/,
  );
});

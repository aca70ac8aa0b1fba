import assert from "node:assert/strict";
import { test } from "node:test";
import { faultOf, openReadingBed } from "../test-bed/reading-bed.ts";
import { providerCheck } from "./check.ts";

test("where there is no config, programs get a fault as everywhere, with what the proxy says", async (t) => {
  const { context, written } = openReadingBed(t, { options: { isJson: true } });
  const words = await faultOf(providerCheck(context, { arguments: [], options: { config: "nowhere.toml" } }));
  assert.deepEqual([words.reason, written], ["usage", []]);
  assert.match(words.why ?? "", /nowhere\.toml \(ENOENT\)/);
  assert.match(words.next ?? "", /aimo provider init/);
});

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { faultOf, openReadingBed } from "../test-bed/reading-bed.ts";
import { routerCheckLedger, routerReconcile } from "./books.ts";

const NOTHING = { arguments: [], options: {} };

test("whose books are meant has to be said, and what to type is told", async (t) => {
  const { context } = openReadingBed(t);
  const words = await faultOf(routerCheckLedger(context, NOTHING));
  assert.deepEqual([words.what, words.reason], ["Which router's books?", "usage"]);
  assert.equal(words.next, "aimo router check-ledger --config aimo-router/router.env");
  assert.match((await faultOf(routerReconcile(context, NOTHING))).next ?? "", /^aimo router reconcile --config /);
});

test("a variable of the router says it as well", async (t) => {
  const { context, home, written } = openReadingBed(t, { options: { isJson: true } });
  const elsewhere = { ...context, environment: { ...context.environment, AIMO_DATA_DIR: join(home, "nowhere") } };
  assert.equal((await routerCheckLedger(elsewhere, NOTHING))?.exitCode, 2);
  assert.match(written.join(""), /nowhere: no such directory/, "the router itself was asked");
});

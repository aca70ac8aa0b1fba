import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { manualClock, systemClock } from "@aimo-network/protocol/clock";
import type { Clock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import { createLog } from "../../log.ts";
import { serveNode } from "../../test-bed/node-server.ts";
import { WatchBed } from "../../test-bed/watch-bed.ts";
import { RECONCILE_LOOK_MS } from "../limits.ts";
import type { ReconciliationOutcome } from "./reconcile-command.ts";
import { runReconciliation } from "./reconcile-command.ts";

const log = createLog("silent");

interface Bench {
  readonly bed: WatchBed;
  run(url?: string, clock?: Clock): Promise<ReconciliationOutcome>;
}

async function openBench(t: TestContext): Promise<Bench> {
  const bed = await WatchBed.open(t);
  const here = await serveNode(t, bed.node);
  return {
    bed,
    run: (url = here, clock = systemClock) =>
      runReconciliation(bed.settingsAt(url), { clock, log, database: bed.books.database }),
  };
}

test("what is not posted yet is said, and is no reason to worry", async (t) => {
  const { bed, run } = await openBench(t);
  const before = await run();
  assert.equal(before.code, 0);
  assert.match(before.lines[0]!, /^Chain and ledger differ in 2 places at slot \d+ \(2 users, 2 providers\):$/);
  assert.equal(
    before.lines.filter((line) => /^ {2}on its way: user .*: 100 USDC on chain, 0 USDC in the ledger$/.test(line))
      .length,
    2,
  );
  await bed.tell(await bed.whole());
  const after = await run();
  assert.equal(after.code, 0);
  assert.match(after.lines.join("\n"), /^Chain and ledger agree at slot \d+: 2 users, 2 providers\.$/);
});

test("what the chain has less of is found, and ends with 1", async (t) => {
  const { bed, run } = await openBench(t);
  await bed.tell(await bed.whole());
  const { ann } = bed.people;
  await bed.books.database.query("UPDATE users SET available = available + 1 WHERE id = $1", [await bed.numberOf(ann)]);
  const { code, lines } = await run();
  assert.equal(code, 1);
  assert.equal(lines[1], `  short: user ${ann}: 100 USDC on chain, 100.000000001 USDC in the ledger`);
});

test("a surplus ends with 0, and what the chain did unasked is told", async (t) => {
  const { bed, run } = await openBench(t);
  await bed.tell(await bed.whole());
  bed.scene.collect(bed.people.ann, 10_000_000n); // by somebody with the settler's key
  await bed.tell(await bed.whole());
  await bed.books.database.query("UPDATE users SET available = available - 1 WHERE id = $1", [
    await bed.numberOf(bed.people.ben),
  ]);
  const { code, lines } = await run();
  assert.equal(code, 0);
  assert.match(lines.join("\n"), /surplus: user .*\n.*\nThe chain did what this ledger did not ask for:\n/);
  assert.match(lines.join("\n"), new RegExp(`settled elsewhere: 10 USDC of ${bed.people.ann}`));
  assert.match(lines.join("\n"), new RegExp(`earned elsewhere: 9.75 USDC of ${bed.people.pat}`));
});

test("a node that is down, or knows no such router, ends with 2", async (t) => {
  const { bed, run } = await openBench(t);
  bed.node.isDown = true;
  const down = await run();
  assert.equal(down.code, 2);
  assert.match(down.lines.join("\n"), /^The chain could not be looked at: No Solana node/);
  bed.node.isDown = false;
  bed.node.lie = (method, truth) => {
    if (method !== "getMultipleAccounts") return truth;
    const { context, value } = truth as { context: unknown; value: unknown[] };
    return { context, value: value.map((account, place) => (place === 1 ? null : account)) };
  };
  const unknown = await run();
  assert.equal(unknown.code, 2);
  assert.match(unknown.lines.join("\n"), /expected an open router at .*, found none/);
});

test("a node that never answers is waited for so long", async (t) => {
  const { run } = await openBench(t);
  const asked = Promise.withResolvers<void>();
  const silent = createServer(() => asked.resolve());
  await new Promise<void>((resolve) => {
    silent.listen(0, "127.0.0.1", resolve);
  });
  t.after(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const clock = manualClock();
  const outcome = run(`http://127.0.0.1:${(silent.address() as AddressInfo).port}/`, clock);
  await asked.promise;
  clock.advance(RECONCILE_LOOK_MS);
  const { code, lines } = await outcome;
  assert.equal(code, 2);
  assert.match(lines.join("\n"), /^The chain could not be looked at: /);
});

test("a database that is away is told by its own error", async (t) => {
  const { bed, run } = await openBench(t);
  bed.books.database.transaction = () => Promise.reject(new RangeError("broken"));
  await assert.rejects(run(), (error) => error instanceof RangeError && !isAimoError(error));
});

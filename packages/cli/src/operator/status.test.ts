// How a router stands: what the chain has, what the router says, and each thing that needs its operator.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { TestContext } from "node:test";
import { replyWith } from "../test-bed/scripted-router.ts";
import { openOperatorBed } from "./test-bed/operator-bed.ts";
import type { OperatorBed, Ran } from "./test-bed/operator-bed.ts";
import { openRouterAt } from "./test-bed/open-router.ts";
import type { OpenedRouter } from "./test-bed/open-router.ts";
import { plantMoney } from "./test-bed/planted-money.ts";

let bed: OperatorBed;
before(async () => {
  bed = await openOperatorBed();
});
after(() => bed[Symbol.asyncDispose]());

/** A router whose settler has SOL. */
async function openRich(folder: string): Promise<OpenedRouter> {
  const router = await openRouterAt(bed, folder);
  bed.chain.giveSol(router.settler, 1n);
  return router;
}

async function statusOf(t: TestContext, router: OpenedRouter, facts: object = {}, more: string[] = []): Promise<Ran> {
  const { url } = await router.serve(t, {}, facts);
  return await bed.run(["router", "status", "--router", url, ...more]);
}

function faultsOf({ data }: Ran): string {
  return (data["faults"] as string[]).join("\n");
}

test("a router that does well is told with all that the chain has of it, and ends with 0", async (t) => {
  const router = await openRich("well");
  await plantMoney(bed, router.id, { users: 5_000_000n, providers: 1_500_000n, fees: 250_000n, vault: 6_750_000n });
  const ran = await statusOf(t, router);
  assert.deepEqual([ran.outcome.reason, ran.data["faults"], ran.data["readiness"]], ["done", [], null]);
  const chain = ran.data["chain"] as Record<string, unknown>;
  assert.deepEqual(chain["liabilities"], { users: "5", providers: "1.5", fees: "0.25", total: "6.75" });
  assert.deepEqual(
    [chain["config"], chain["vault"], chain["settler_lamports"]],
    [router.config, router.vault, "1000000000"],
  );
  assert.deepEqual((chain["params"] as Record<string, unknown>)["settler_window_cap"], "500");
  assert.deepEqual(chain["pending"], { admin: null, roles: null, params: null });
  assert.match(ran.outcome.text, /^settler's SOL +1 SOL$/m);
  assert.match(ran.outcome.text, /^settled at most +500\.00 USDC in 1 h$/m);
  assert.match(ran.outcome.text, /✓ all is well$/);
});

test("a settler without SOL, a pause, and a vault that is short each need somebody", async (t) => {
  const router = await openRouterAt(bed, "ill");
  assert.match(faultsOf(await statusOf(t, router)), /^The settler \w+ has too little SOL/);
  bed.chain.giveSol(router.settler, 1n);
  await router.operate("pause", "guardian", { what: "settle,withdraw" });
  const paused = await statusOf(t, router);
  assert.match(
    faultsOf(paused),
    /^settle is paused until .*\ncoop_withdraw is paused until \S+ \S+ UTC: the admin can end it\.$/,
  );
  assert.equal(paused.outcome.reason, "failed");
  const [deposit, settle] = (paused.data["chain"] as { pauses: Record<string, unknown>[] }).pauses;
  assert.deepEqual([deposit?.["is_paused"], settle?.["is_paused"]], [false, true]);
  assert.match(String(settle?.["until"]), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  await router.operate("unpause", "admin", { what: "settle,withdraw" });
  await plantMoney(bed, router.id, { users: 5_000_000n, providers: 0n, fees: 0n, vault: 4_999_999n });
  assert.match(faultsOf(await statusOf(t, router)), /^The vault has 0\.000001 USDC less than it owes/);
});

test("what is announced is told with its time, and only what changes", async (t) => {
  const router = await openRich("announcing");
  const plan = readFileSync(join(router.folder, "router-plan.json"), "utf8");
  const changed = join(router.folder, "changed.json");
  writeFileSync(changed, plan.replace('"fee_bps": 250', '"fee_bps": 300'));
  await router.operate("schedule-params", "admin", { plan: changed });
  await router.operate("propose-admin", "admin", { to: bed.mint });
  const ran = await statusOf(t, router);
  assert.match(ran.outcome.text, /^announced +fee 3 %: from \S+ \S+ UTC, by apply-due$/m);
  assert.match(ran.outcome.text, new RegExp(`^announced +admin ${bed.mint}: from .* UTC, by accept-admin$`, "m"));
  const { pending } = ran.data["chain"] as { pending: Record<string, Record<string, unknown>> };
  assert.deepEqual([pending["params"]?.["fee_bps"], pending["params"]?.["is_due"]], [300, false]);
  assert.equal(ran.outcome.reason, "done", "what is announced is no fault");
});

test("readiness is asked where the operator's port is named", async (t) => {
  const router = await openRich("ready");
  const port = await router.serve(t, { "/readyz": { status: "ready" } });
  const ready = await statusOf(t, router, {}, ["--operator-url", port.url]);
  assert.deepEqual([ready.data["readiness"], ready.outcome.reason], ["ready", "done"]);
  port.answers["/readyz"] = replyWith(503, { status: "draining" });
  const draining = await statusOf(t, router, {}, ["--operator-url", port.url]);
  assert.match(faultsOf(draining), /^It takes no requests: it says draining\.$/);
  await assert.rejects(statusOf(t, router, {}, ["--operator-url", "8788"]), /--operator-url: expected a URL/);
});

test("a router with another config, another URL or no chain is told", async (t) => {
  const router = await openRich("elsewhere");
  const moved = await statusOf(t, router, { url: "https://moved.example" });
  assert.match(
    faultsOf(moved),
    /^The directory leads to https:\/\/router\.example, the router says https:\/\/moved\.example/,
  );
  const without = await statusOf(t, router, { chain: undefined });
  assert.match(faultsOf(without), /^It has no chain: nobody can deposit/);
  assert.equal(without.data["chain"], null);
});

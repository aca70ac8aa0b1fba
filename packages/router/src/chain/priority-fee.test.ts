// A fee that was enough lately, and never more than the router pays.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { named } from "@aimo-network/escrow/test-bed/chain";
import { PRIORITY_FEE_ACCOUNTS_MAX } from "./limits.ts";
import { recentPriorityFee } from "./priority-fee.ts";
import { FollowerBed } from "./test-bed/follower-bed.ts";

const MOST = 1_000_000n;

test("the fee is what was enough for these accounts, under the cap", async () => {
  const { node, endpoints } = await FollowerBed.open();
  const written = Array.from({ length: PRIORITY_FEE_ACCOUNTS_MAX + 1 }, (_, index) => named(`account ${index}`));
  node.priorityFees = [10n, 0n, 30n, 20n];
  assert.equal(await recentPriorityFee(endpoints.any, written, MOST), 20n);
  assert.deepEqual(node.calls.at(-1)?.params[0], written.slice(0, PRIORITY_FEE_ACCOUNTS_MAX));
  node.priorityFees = [MOST];
  assert.equal(await recentPriorityFee(endpoints.any, written, MOST), MOST);
  node.priorityFees = [MOST + 1n];
  assert.equal(await recentPriorityFee(endpoints.any, written, MOST), MOST);
  node.priorityFees = [];
  assert.equal(await recentPriorityFee(endpoints.any, written, MOST), 0n);
});

test("where no node has the method there is no fee, and where none answers that is said", async () => {
  const { node, endpoints } = await FollowerBed.open();
  node.missing.add("getRecentPrioritizationFees");
  assert.equal(await recentPriorityFee(endpoints.any, [], MOST), 0n);
  node.isDown = true;
  const asked = recentPriorityFee(endpoints.any, [], MOST);
  await assert.rejects(asked, (error) => isAimoError(error, "chain_unavailable"));
});

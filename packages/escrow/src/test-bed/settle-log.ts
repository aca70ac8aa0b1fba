// What a batch says that it did.
import assert from "node:assert/strict";
import { getSettleEventDecoder } from "../generated/types/settleEvent.ts";
import type { Outcome } from "./chain.ts";

const PREFIX = "Program data: ";

/** What was applied of each entry of the batch in a transaction, as its log has it. */
export function appliedIn({ logs }: Outcome): readonly bigint[] {
  const line = logs.find((log) => log.startsWith(PREFIX));
  assert.ok(line !== undefined, `There is a batch in\n${logs.join("\n")}`);
  const { kind, applied } = getSettleEventDecoder().decode(Buffer.from(line.slice(PREFIX.length), "base64"));
  assert.equal(kind, 1, "A batch's line begins with its kind.");
  return applied;
}

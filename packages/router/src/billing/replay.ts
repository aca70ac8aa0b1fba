// Ends that proxies replay after a router crashed: the only charge that is not made from what this router read itself.
import { keptFinishReason } from "@aimo-network/protocol/finish-reason";
import { AimoError } from "@aimo-network/protocol/errors";
import { readAttemptId } from "@aimo-network/protocol/ids";
import { nanoUsdc } from "@aimo-network/protocol/money";
import type { End } from "@aimo-network/protocol/wire/messages";
import type { Logger } from "pino";
import type { ChargeCommand } from "../ledger/commands.ts";
import { RECEIPT_FLAGS } from "@aimo-network/protocol/receipt-cost";
import type { Ledger, OrphanedAttempt } from "../ledger/ledger.ts";
import { NO_USAGE } from "@aimo-network/protocol/usage";
import type { Charge, ChargeTerms, Ending } from "./charge.ts";
import { chargeOf } from "./charge.ts";
import { hiddenReasoningTokens } from "./hidden-reasoning.ts";
import { orphanCharge } from "./orphan.ts";

/** What replays need. */
export interface ReplayDeps {
  readonly log: Logger;
  readonly ledger: Ledger;
}

/** A JSON answer is sent after its charge: one that was never charged has reached nobody. */
const NEVER_SENT: Ending = { ended: "failed", code: "internal", usage: undefined, deliveredBytes: 0 };

function termsOf(orphan: OrphanedAttempt): ChargeTerms {
  return {
    price: orphan.price,
    granted: orphan.ceiling,
    imageCount: orphan.imageCount,
    // Nothing is estimated from the request of a replay: its body is gone.
    textBytes: 0,
    mediaTokens: 0,
    promptBound: orphan.promptTokensMax,
    maxOutput: orphan.outputTokensMax,
    choices: 1,
    hiddenReasoningTokens: hiddenReasoningTokens(orphan.modelName),
  };
}

const DURATION_MS_MAX = 24 * 60 * 60 * 1000; // a provider may claim anything; no attempt lasts for a day

function milliseconds(claimed: number): number {
  return Math.min(Math.max(0, Math.round(claimed)), DURATION_MS_MAX);
}

function commandOf(orphan: OrphanedAttempt, charge: Charge, end: End): ChargeCommand {
  const isCharged = charge.unpaid === undefined && charge.usage !== undefined;
  return {
    id: orphan.id,
    user: orphan.user,
    kind: isCharged ? "charged" : "released",
    amount: isCharged ? charge.amount : nanoUsdc(0n),
    provider: orphan.provider,
    model: orphan.model,
    price: orphan.priceNumber,
    usage: charge.usage ?? NO_USAGE,
    firstOutputMs: end.first_byte_ms === null ? undefined : milliseconds(end.first_byte_ms),
    durationMs: milliseconds(end.upstream_ms),
    imageCount: orphan.imageCount,
    flags:
      RECEIPT_FLAGS.replayed |
      (orphan.stream ? RECEIPT_FLAGS.streamed : 0) |
      (charge.adjusted ? RECEIPT_FLAGS.usageAdjusted : 0),
    finishReason: end.finish_reason === null ? "" : keptFinishReason(end.finish_reason),
    unpaid:
      isCharged || charge.unpaid === undefined ? undefined : { reason: charge.unpaid, amount: charge.unpaidAmount },
  };
}

/**
 * Takes an End that the provider with this wallet replays; resolves with whether anything was charged for it, rejects with
 * `ledger_unavailable` where nobody can say now, as while the attempt's router may live. An End of an attempt that is not
 * its own, not the last, or already ended changes nothing.
 */
export async function chargeReplay({ log, ledger }: ReplayDeps, wallet: string, end: End): Promise<boolean> {
  const attempt = readAttemptId(end.attempt_id);
  if (attempt === undefined) return false;
  const provider = await ledger.numbers.wallet(wallet);
  const orphan = await ledger.findOrphan(attempt.requestUuid, attempt.index, provider);
  if (orphan === undefined) return false;
  // A router that was started again at once finds the lease of its last run still alive: an acknowledgement would lose the pay.
  if (orphan === "running") throw new AimoError("ledger_unavailable", {});
  const { deliveredBytes: checkpointBytes, tokensPerSecond = 0 } = orphan;
  const charge = orphan.stream
    ? orphanCharge(termsOf(orphan), { checkpointBytes, tokensPerSecond }, end)
    : chargeOf(termsOf(orphan), NEVER_SENT);
  const { outcome, cost } = await ledger.charge(commandOf(orphan, charge, end));
  log.info({ attemptId: end.attempt_id, wallet, outcome }, "an orphaned attempt was charged from its provider's End");
  return cost > 0n && (outcome === "posted" || outcome === "late");
}

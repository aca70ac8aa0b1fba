// `aimo verify`: that an answer was billed as it was told, from its receipt to the transaction that settled it.
import { isSettled, waitingStep } from "@aimo-network/escrow/proof/batch-steps";
import { ownSteps } from "@aimo-network/escrow/proof/own-steps";
import type { Asked } from "@aimo-network/escrow/proof/own-steps";
import { verdictOf } from "@aimo-network/escrow/proof/proof-step";
import type { Step } from "@aimo-network/escrow/proof/proof-step";
import { readProof } from "@aimo-network/escrow/proof/read-proof";
import type { Proof } from "@aimo-network/escrow/proof/read-proof";
import { readGenerationId } from "@aimo-network/protocol/ids";
import { countIn, objectIn } from "@aimo-network/protocol/told-members";
import type { RunCommand } from "../command-spec.ts";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { findRouter } from "../network/find-router.ts";
import type { Router } from "../network/find-router.ts";
import { readingAccess } from "../network/reading-key.ts";
import type { ChainFindings } from "./chain-steps.ts";
import { chainSteps } from "./chain-steps.ts";
import { stepsText } from "./verify-steps.ts";
import { typedText } from "../terminal/typed-text.ts";

function readId(text: string | undefined): string {
  if (text !== undefined && readGenerationId(text) !== undefined) return text;
  throw new CommandFault({
    what: `${typedText(text ?? "")} is no generation.`,
    why: "expected an id such as gen-01a21219-a47b-7fe6-812a-c6054307eea6.",
    next: "aimo activity --generations lists yours.",
    reason: "usage",
  });
}

/** What the router gives: the proof, and its record of the answer. */
async function askRouter({ client }: Router, id: string, bearer: string): Promise<{ proof: unknown; record: unknown }> {
  const what = `The router has no receipt of ${id}.`;
  const [proof, record] = await Promise.all([
    client.call(`/api/v1/generation/${id}/proof`, { bearer, what }),
    client.call("/api/v1/generation", { bearer, query: { id }, what }),
  ]);
  return { proof, record };
}

async function look(
  context: CommandContext,
  router: Router,
  proof: Proof,
  asked: Asked & { readonly record: unknown },
): Promise<ChainFindings> {
  const own = ownSteps(proof, asked, asked.record);
  if (verdictOf(own) === "wrong") return { steps: own };
  if (!isSettled(proof)) {
    const settleAgeMs = countIn(objectIn(router.facts, "limits"), "settle_age_ms");
    return { steps: [...own, waitingStep(proof, { settleAgeMs, nowMs: context.clock.now() })] };
  }
  const { steps, link } = await chainSteps(context, router, proof);
  return { steps: [...own, ...steps], link };
}

const ENDS = {
  verified: "The answer was billed as it was told, and the router has bound itself to it on the chain.",
  wrong: "The answer is not proven: keep this output and the receipt (--json), and ask the router's operator.",
  not_settled: "What can be checked by now is right; the rest has to wait.",
};

/** Verifies one answer. */
export const verify: RunCommand = async (context, input) => {
  const id = readId(input.arguments[0]);
  const router = await findRouter(context);
  const { bearer, wallet } = await readingAccess(context, router);
  const told = await askRouter(router, id, bearer);
  const proof = readProof(told.proof);
  const { steps, link }: ChainFindings =
    "wrong" in proof
      ? { steps: [{ step: "receipt", result: "wrong", words: proof.wrong } satisfies Step] }
      : await look(context, router, proof, { id, routerId: router.id, wallet, record: told.record });
  const verdict = verdictOf(steps);
  const isFree = !("wrong" in proof) && proof.receipt.cost === 0n;
  const end = verdict === "verified" && isFree ? "Nothing was charged for the answer." : ENDS[verdict];
  const { style } = context.terminal;
  const paint = { verified: style.good, wrong: style.bad, not_settled: style.doubtful }[verdict];
  const lines = [stepsText(steps, style), ...(link === undefined ? [] : [`  ${link}`]), paint(end)];
  return {
    data: {
      generation: id,
      router: router.id,
      verdict,
      steps,
      explorer_url: link ?? null,
      evidence: objectIn(told.proof, "data"),
    },
    text: lines.join("\n"),
    reason: ({ verified: "done", wrong: "failed", not_settled: "unsettled" } as const)[verdict],
  };
};

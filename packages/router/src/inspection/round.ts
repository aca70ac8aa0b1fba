// One round: some offers of one model are asked, at moments that nobody can foresee, and their answers judged and compared.
import { sleep } from "@aimo-network/protocol/clock";
import type { Clock } from "@aimo-network/protocol/clock";
import type { Random } from "@aimo-network/protocol/random";
import type { CanarySample } from "../market/truth/canary.ts";
import { compareCounts } from "../market/truth/canary.ts";
import type { Check, CheckResult } from "../market/truth/checks.ts";
import type { Comparison, Evidence } from "../market/truth/evidence.ts";
import type { Probe } from "../market/truth/probes.ts";
import { canaryProbe, probeFor } from "../market/truth/probes.ts";
import type { LiveOffer } from "../market/offer-book.ts";
import type { ProviderLink } from "../providers/provider-link.ts";
import type { Asked, Question } from "./ask-offer.ts";
import type { Unasked } from "./paid-asking.ts";
import type { Persona } from "./persona.ts";

/** One offer of a round. */
export interface Target {
  readonly offer: LiveOffer;
  readonly evidence: Evidence;
  /** All that there is to examine of it, and what it is examined for now. */
  readonly declared: readonly Check[];
  readonly checks: readonly Check[];
  /** Whether it takes part for its own sake; others only to be compared with. */
  readonly isDue: boolean;
  /** Whether its count of tokens is compared with the others'. */
  readonly isCompared: boolean;
  /** Whose it is, as far as that can be told. */
  readonly seller: string;
}

/** What a round needs. */
export interface RoundDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly spreadMs: number;
  readonly signal: AbortSignal;
  /** The link of an offer, where it still is and has room. */
  linkOf(offer: LiveOffer): ProviderLink | undefined;
  persona(): Persona;
  ask(question: Omit<Question, "body">): Promise<Asked | { readonly kind: Unasked }>;
}

/** What a round has shown of one offer. */
export interface TargetSeen {
  readonly target: Target;
  readonly results: ReadonlyMap<Check, CheckResult>;
  readonly comparison: Comparison | undefined;
  /** Why something was not asked; undefined where everything was. */
  readonly unasked: Unasked | "no_funds" | undefined;
}

interface Notes {
  readonly target: Target;
  readonly persona: Persona;
  readonly results: Map<Check, CheckResult>;
  readonly refused: Check[];
  sample: CanarySample | undefined;
  unasked: TargetSeen["unasked"];
}

function sampleOf(
  { offer, evidence, seller }: Target,
  asked: Extract<Asked, { kind: "answered" }>,
): CanarySample | undefined {
  const { usage, hasReasoned } = asked.answer;
  if (usage === undefined) return undefined;
  return {
    offerId: offer.id,
    seller,
    isOutlier: evidence.counting.isOutlier,
    promptTokens: usage.promptTokens,
    completionTokens: usage.completionTokens - usage.reasoningTokens,
    outputBytes: asked.outputBytes,
    hasReasoned,
  };
}

async function askOne(deps: RoundDeps, notes: Notes, probe: Probe): Promise<void> {
  const { clock, random, spreadMs, signal } = deps;
  const { target, persona } = notes;
  await sleep(clock, random.fraction() * spreadMs, signal);
  const link = deps.linkOf(target.offer);
  if (signal.aborted || link === undefined || notes.unasked !== undefined) return;
  const asked = await deps.ask({ offer: target.offer, link, probe, persona, signal });
  switch (asked.kind) {
    case "answered":
      notes.results.set(probe.check, probe.judge(asked.answer));
      if (probe.check === "chat") notes.sample = sampleOf(target, asked);
      return;
    case "refused":
      notes.refused.push(probe.check);
      return;
    case "nothing":
      notes.results.set(probe.check, "unknown");
      return;
    case "too_dear":
    case "wallet":
    case "day":
    case "no_funds":
      notes.unasked = asked.kind;
  }
}

/** Who answers other questions and refuses this one says that it cannot do it; who refuses everything has shown nothing. */
function judgeRefusals({ target, results, refused }: Notes): void {
  const canChat = results.get("chat") === "passed" || target.evidence.checks.chat?.passedAtMs !== undefined;
  for (const check of refused) results.set(check, canChat ? "failed" : "unknown");
}

/** Runs a round; rejects where this router itself fails. */
export async function runRound(deps: RoundDeps, targets: readonly Target[]): Promise<readonly TargetSeen[]> {
  const { random } = deps;
  const canary = canaryProbe(random);
  const all = targets.map((target): Notes => {
    const persona = deps.persona();
    return { target, persona, results: new Map(), refused: [], sample: undefined, unasked: undefined };
  });
  const asking = all.flatMap((notes) => {
    const { checks, isCompared, offer } = notes.target;
    const probes: Probe[] = isCompared || checks.includes("chat") ? [canary] : [];
    for (const check of checks) if (check !== "chat") probes.push(probeFor(random, check, offer.offer));
    return probes.map((probe) => askOne(deps, notes, probe));
  });
  const asked = await Promise.allSettled(asking); // to the last one, also where one has broken
  const broken = asked.find((one) => one.status === "rejected");
  if (broken !== undefined) throw broken.reason;
  const samples = all.flatMap(({ sample }) => sample ?? []);
  const compared = compareCounts(samples, { bytes: canary.promptBytes, outputTokensMax: canary.maxTokens });
  return all.map((notes) => {
    judgeRefusals(notes);
    const { target, results, unasked } = notes;
    return { target, results, unasked, comparison: compared.get(target.offer.id) };
  });
}

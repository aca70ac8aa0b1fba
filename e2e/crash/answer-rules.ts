// What must hold of each answer after a crash: charged exactly once and as it said where its client has it, else nothing.
import { base58 } from "@scure/base";
import { parseNanoUsdc } from "@aimo-network/protocol/money";
import { RECEIPT_FLAGS } from "@aimo-network/protocol/receipt-cost";
import { COMPLETION_TOKENS } from "./crash-plan.ts";
import type { CrashNetwork } from "./crash-network.ts";
import type { SeenAnswer } from "./plain-client.ts";

/** How a request stands in the books. */
interface BookedRequest {
  readonly id: string;
  readonly state: "o" | "c" | "r" | "x";
  readonly charged: bigint | null;
  readonly is_stream: boolean;
  readonly provider: Buffer;
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number | null;
  readonly cost: bigint | null;
  readonly flags: number | null;
}

/** What became of a request, as its client and the books have it together. */
export type Fate =
  /** The client has the whole answer, and it is charged. */
  | "charged"
  /** The client has the whole answer, which ended while the ledger was away, and it is charged. */
  | "charged later"
  /** The charge was committed, and the router died before its client saw the end. */
  | "charged unseen"
  /** The router died before the charge, and the provider's proxy told the End afterwards. */
  | "charged from a replay"
  | "free";

type Verdict =
  | { readonly fate: Fate; readonly fault?: undefined }
  | { readonly fault: string; readonly fate?: undefined };
const wrong = (fault: string): Verdict => ({ fault });

const PICO_PER_NANO = 1_000n;

const BOOKED = `SELECT l.id, l.state, l.charged, l.is_stream, w.address AS provider, g.prompt_tokens, g.completion_tokens, g.cost, g.flags
  FROM locks l JOIN wallets w ON w.id = l.provider_id LEFT JOIN generations g ON g.id = l.id WHERE l.id >= $1`;

/** Looks at the answers of one network. */
export interface AnswerJudge {
  /** What became of every request made since the id `first`; throws a list of what may not be. */
  judge(first: string, seen: readonly SeenAnswer[]): Promise<ReadonlyMap<string, Fate>>;
}

/** Creates a judge of what is asked of this network. */
export function createAnswerJudge({ query, providers, relay }: CrashNetwork): AnswerJudge {
  const priceOf = (wallet: string): bigint => {
    const price = providers.find((provider) => provider.wallet === wallet)?.price ?? "";
    return BigInt(price.replace("0.", "")) * 1_000n; // three decimals of USDC for a million: pico-USDC for one
  };
  /** The cost of so many tokens, reckoned anew: pico-USDC rounded up to nano-USDC. */
  const costOf = (booked: BookedRequest, tokens: number): bigint =>
    (BigInt(tokens) * priceOf(base58.encode(booked.provider)) + PICO_PER_NANO - 1n) / PICO_PER_NANO;

  const judgeWhole = (booked: BookedRequest, answer: SeenAnswer): Verdict => {
    const { cost, promptTokens, completionTokens } = answer;
    const expected = costOf(booked, promptTokens + completionTokens);
    if (booked.charged !== expected) return wrong(`is whole, and charged ${booked.charged} for ${expected}`);
    if (booked.prompt_tokens !== promptTokens || booked.completion_tokens !== completionTokens)
      return wrong("is recorded with other tokens than its client was told");
    if (completionTokens !== COMPLETION_TOKENS) return wrong(`has ${completionTokens} tokens`);
    if (cost === "null") return { fate: "charged later" };
    if (parseNanoUsdc(cost ?? "0") === expected) return { fate: "charged" };
    return wrong(`said that it costs ${cost}, and is charged ${expected}`);
  };

  const judgeUnseen = (booked: BookedRequest): Verdict => {
    const { id, state, charged, cost, flags, is_stream: isStream } = booked;
    if (state === "o") return wrong("is still open");
    if ((charged ?? 0n) === 0n && (cost ?? 0n) === 0n) return { fate: "free" };
    const tokens = { prompt: booked.prompt_tokens ?? 0, completion: booked.completion_tokens ?? 0 };
    if (charged !== costOf(booked, tokens.prompt + tokens.completion))
      return wrong(`is charged ${charged} for other tokens`);
    if (tokens.completion > COMPLETION_TOKENS) return wrong(`is charged for ${tokens.completion} tokens`);
    if (((flags ?? 0) & RECEIPT_FLAGS.replayed) !== 0)
      return isStream ? { fate: "charged from a replay" } : wrong("is JSON, and charged from a replay");
    return relay.passed.has(id) ? { fate: "charged unseen" } : wrong(`is charged ${charged}, and nobody asked for it`);
  };

  return {
    async judge(first, seen) {
      const booked = await query<BookedRequest>(BOOKED, [first]);
      const known = new Map(booked.map((row) => [row.id, row]));
      const faults: string[] = [];
      const fates = new Map<string, Fate>();
      const whole = new Map(seen.filter(({ isWhole }) => isWhole).map((answer) => [answer.id ?? "", answer]));
      for (const [id, { userAgent }] of whole)
        if (!known.has(id)) faults.push(`${userAgent}: no lock for its answer ${id}`);
      for (const row of booked) {
        const answer = whole.get(row.id);
        const { fate, fault } = answer === undefined ? judgeUnseen(row) : judgeWhole(row, answer);
        if (fault === undefined) fates.set(row.id, fate);
        else faults.push(`${answer?.userAgent ?? "an unfinished answer"} (${row.id}, ${row.state}) ${fault}`);
      }
      if (booked.length > seen.length) faults.push(`${seen.length} requests have ${booked.length} locks`);
      if (faults.length > 0) throw new Error(faults.join("\n"));
      return fates;
    },
  };
}

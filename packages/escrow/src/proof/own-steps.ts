// The steps of a verification that need no chain: whose receipt it is, what was told before, its leaf and its cost.
import { generationId } from "@aimo-network/protocol/ids";
import { formatNanoUsdc, nanoUsdc } from "@aimo-network/protocol/money";
import type { Receipt } from "@aimo-network/protocol/receipt";
import { receiptLeaf } from "@aimo-network/protocol/receipt";
import { owedFor } from "@aimo-network/protocol/receipt-cost";
import { safeLine } from "@aimo-network/protocol/safe-line";
import { countIn, objectIn, textIn, usdcIn } from "@aimo-network/protocol/told-members";
import { hexOf } from "../verify-receipt-transaction.ts";
import type { Step } from "./proof-step.ts";
import type { Proof } from "./read-proof.ts";

const SHOWN_CHARS = 80; // of what a router says in place of what it has to

/** What is asked about. */
export interface Asked {
  readonly id: string;
  readonly routerId: string;
  /** Whose key asks; undefined where the key does not say. */
  readonly wallet: string | undefined;
}

/** Whether the receipt is the one that was asked for. */
function receiptStep({ receipt }: Proof, { id, routerId, wallet }: Asked): Step {
  const pairs = [
    ["the answer", id, generationId(receipt.id)],
    ["the router", routerId, receipt.routerId],
    ["the wallet", wallet ?? receipt.user, receipt.user],
  ] as const;
  const other = pairs.find(([, wanted, found]) => wanted !== found);
  if (other !== undefined) {
    const [what, wanted, found] = other;
    return { step: "receipt", result: "wrong", words: `expected one of ${what} ${wanted}, found ${found}` };
  }
  const { model, promptTokens, completionTokens, cost, provider } = receipt;
  const tokens = `${promptTokens} + ${completionTokens} tokens`;
  const words = `${safeLine(model, SHOWN_CHARS)}, ${tokens}, ${formatNanoUsdc(cost)} USDC, answered by ${provider}`;
  return { step: "receipt", result: "right", words };
}

/** Whether it says what the router's record of the answer says, which is what was told when it came. */
function recordStep({ model, provider, cost, ...receipt }: Receipt, body: unknown): Step {
  const record = objectIn(body, "data");
  const told = usdcIn(record, "cost");
  const pairs = [
    ["cost", formatNanoUsdc(cost), told === undefined ? undefined : formatNanoUsdc(told)],
    ["model", model, textIn(record, "model")],
    ["provider", provider, textIn(record, "provider_name")],
    ["prompt tokens", `${receipt.promptTokens}`, countIn(record, "native_tokens_prompt")?.toString()],
    ["completion tokens", `${receipt.completionTokens}`, countIn(record, "native_tokens_completion")?.toString()],
  ] as const;
  const other = pairs.find(([, wanted, found]) => wanted !== found);
  if (other === undefined) return { step: "record", result: "right", words: "GET /generation tells the same" };
  const [what, wanted, found = "none"] = other;
  const words = `the receipt has the ${what} ${safeLine(wanted, SHOWN_CHARS)}, the record ${safeLine(found, SHOWN_CHARS)}`;
  return { step: "record", result: "wrong", words };
}

/** The leaf's own hash. */
export function leafText({ receipt, salt }: Proof): string {
  return hexOf(receiptLeaf(receipt, salt));
}

/** Whether no more was charged than its tokens come to at its prices. */
function costStep(receipt: Receipt): Step {
  const { nano, free } = owedFor(receipt);
  const owed = nano <= receipt.cost ? receipt.cost : nano;
  const charged = formatNanoUsdc(receipt.cost);
  if (receipt.cost > nano) {
    const most = free === undefined ? `at most ${formatNanoUsdc(nanoUsdc(nano))} USDC` : "nothing";
    return { step: "cost", result: "wrong", words: `${charged} USDC, where its tokens and prices come to ${most}` };
  }
  if (free !== undefined) return { step: "cost", result: "right", words: `nothing, for nothing is owed (${free})` };
  const words =
    owed === receipt.cost
      ? `${charged} USDC is what its tokens come to at its prices`
      : `${charged} USDC, less than what its tokens come to at its prices`;
  return { step: "cost", result: "right", words };
}

/** What a receipt says by itself and beside the router's record (the answer to `GET /generation`), up to the first thing that is wrong. */
export function ownSteps(proof: Proof, asked: Asked, record: unknown): readonly Step[] {
  const { receipt } = proof;
  const steps = [receiptStep(proof, asked), recordStep(receipt, record), costStep(receipt)];
  const wrong = steps.findIndex(({ result }) => result === "wrong");
  return wrong === -1 ? steps : steps.slice(0, wrong + 1);
}

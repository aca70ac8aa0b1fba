// How far a withdrawal is, in words.
import type { Withdrawal } from "../answers.ts";

/** A state with the colour of what it means. */
export interface WithdrawalState {
  readonly tone: "good" | "warn" | "plain" | "accent";
  readonly word: string;
  readonly meaning: string;
}

const UNPAID = "Nothing was paid, and the amount can be withdrawn again.";

const STATES: Readonly<Record<Withdrawal["state"], WithdrawalState>> = {
  requested: { tone: "accent", word: "Waits for the router", meaning: "The router has not signed it yet." },
  "router-signed": {
    tone: "accent",
    word: "Waits for your wallet",
    meaning:
      "The router has signed it. Without your wallet's signature it ends by itself, about a minute after it was asked for.",
  },
  submitted: { tone: "accent", word: "On its way", meaning: "It was signed and sent, and is not confirmed yet." },
  confirmed: { tone: "good", word: "Confirmed", meaning: "It is on the chain." },
  expired: {
    tone: "plain",
    word: "Ended unsigned",
    meaning: `It did not reach the chain in time. ${UNPAID}`,
  },
};

/** A router's word for what went wrong, as a sentence. */
function sentence(words: string): string {
  const text = words.trim().replace(/\.$/, "");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** The words for its state; of one that was sent and ended, why. */
export function withdrawalState({ state, failure, signature }: Withdrawal): WithdrawalState {
  const words = STATES[state];
  if (state !== "expired" || signature === null) return words;
  if (failure === null) return { ...words, word: "Did not land" };
  return { tone: "warn", word: "Failed", meaning: `${sentence(failure)} ${UNPAID}` };
}

const OPEN: ReadonlySet<string> = new Set(["requested", "router-signed", "submitted"]);

/** The one that is open, of the newest; there is one at a time. */
export function openWithdrawal(withdrawals: readonly Withdrawal[]): Withdrawal | undefined {
  return withdrawals.find(({ state }) => OPEN.has(state));
}

/** When an open one ends by itself, about, in words; nothing where it is not known. */
export function endsWords({ expires_at: at }: Withdrawal, nowMs: number): string {
  if (at === null) return "";
  const seconds = Math.ceil((Date.parse(at) - nowMs) / 1000);
  return seconds > 0 ? `It ends in about ${seconds} s.` : "It ends any moment; then the amount is free again.";
}

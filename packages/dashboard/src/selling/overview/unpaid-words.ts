// Why answers were not paid, in words for who served them, and what keeps it from happening again.

/** One reason in words. */
export interface UnpaidWords {
  readonly why: string;
  /** Left out where nothing on the provider's side would change it. */
  readonly next?: string;
}

const WORDS: Readonly<Record<string, UnpaidWords>> = {
  no_usage: {
    why: "The answer did not say how many tokens it took.",
    next: "Have your API report `usage`, in streams too. `npx aimo-proxy check --config config.toml` shows whether it does.",
  },
  interrupted: {
    why: "The answer broke off after its user had seen some of it.",
    next: "Look in your model server's log for a crash or a time limit; the proxy's limits are `timeouts` in config.toml.",
  },
  failed: {
    why: "Nothing was answered.",
    next: "See whether your model server answers: `npx aimo-proxy check --config config.toml`.",
  },
  router_ended: { why: "This router stopped before the answer had ended." },
  late: { why: "The charge came too late to be covered in full." },
  shortfall: { why: "When it was settled, the user's escrow held less than was charged." },
  exit: { why: "The user left, by the chain, before it was settled." },
};

/** The words for a reason; one that a later router adds is shown as it is. */
export function unpaidWords(reason: string): UnpaidWords {
  return Object.hasOwn(WORDS, reason) ? (WORDS[reason] ?? { why: reason }) : { why: reason };
}

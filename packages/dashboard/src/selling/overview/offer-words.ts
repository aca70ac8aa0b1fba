// What the market thinks of an offer, in words for its provider, and what to do about it.
import type { Offer } from "../answers.ts";

/** A word with the colour of what it means. */
export interface Standing {
  readonly tone: "good" | "warn" | "bad" | "plain";
  readonly word: string;
  /** What the word means, in a sentence. */
  readonly meaning: string;
}

const VERDICTS: Readonly<Record<string, Standing>> = {
  verified: { tone: "good", word: "Verified", meaning: "The router examined it: it does what it says." },
  new: { tone: "plain", word: "Being examined", meaning: "The router examines it within minutes; nothing is to do." },
  unverified: {
    tone: "bad",
    word: "Unverified",
    meaning: "It counts tokens unlike other offers of this model, so only who asks for it by its tag gets it.",
  },
};

const TIERS: Readonly<Record<string, Standing>> = {
  good: { tone: "good", word: "Asked first", meaning: "It gets its part of the model's requests." },
  slow: { tone: "warn", word: "Slow", meaning: "It is asked after the others until it is quicker." },
  degraded: { tone: "warn", word: "Failing often", meaning: "It is asked after the others until it fails less." },
  resting: {
    tone: "warn",
    word: "Resting",
    meaning: "It said that it has too many requests, and is left alone a while.",
  },
  outage: { tone: "bad", word: "Failing", meaning: "It failed several times in a row, and is tried again every 30 s." },
};

const NEXT_STEPS: Readonly<Record<string, string>> = {
  unverified: "Serve the very model that you name, and report the token counts of its own tokenizer.",
  imitation: "Choose another `name` or `provider_name` for it in config.toml.",
  slow: "Take fewer requests at once (`max_concurrency` in config.toml), or a faster machine.",
  degraded: "Look in the log of your model server, and run `npx aimo-proxy check --config config.toml`.",
  resting: "Lower `max_concurrency` in config.toml, so that your server need not refuse.",
  outage: "See whether your model server answers: `npx aimo-proxy check --config config.toml`.",
  no_free_slot: "Raise `max_concurrency` in config.toml if your server can take more, or start a second proxy.",
  newcomer: "It grows by itself as different people use it.",
  young: "It grows by itself.",
  withdrawn: "Mend it in your model server or take it out of `capabilities` in config.toml; it is examined again.",
};

function known(words: Readonly<Record<string, Standing>>, word: string): Standing {
  return (Object.hasOwn(words, word) ? words[word] : undefined) ?? { tone: "plain", word, meaning: word };
}

/** What its examinations came to. */
export function verdictOf({ aimo }: Pick<Offer, "aimo">): Standing {
  return known(VERDICTS, aimo.verdict);
}

/** When it is asked, beside others. */
export function tierOf({ aimo }: Pick<Offer, "aimo">): Standing {
  return known(TIERS, aimo.tier);
}

/** What a provider can do about a reason of the router; undefined where that is nothing. */
export function nextStep(code: string): string | undefined {
  return Object.hasOwn(NEXT_STEPS, code) ? NEXT_STEPS[code] : undefined;
}

// What is typed for a provider key, and the content of the key that comes of it.
import type { KeyContentV2, Spending } from "@aimo-network/protocol/keys/key-content";
import { VALID_DAYS_MAX } from "@aimo-network/protocol/keys/key-content";
import { parseMicroUsdc } from "@aimo-network/protocol/money";

/** What is typed and ticked. */
export interface ProviderKeyDraft {
  readonly tag: string;
  /** Whole days from now. */
  readonly days: string;
  readonly isEarnOnly: boolean;
  /** USDC that it may spend; empty for no limit. It counts where the key is not earn-only. */
  readonly limit: string;
  /** Whether it is for a proxy that reads no key with a tag. */
  readonly isFirstGeneration: boolean;
}

/** The draft that a provider finds: the guide's key. */
export const FIRST_DRAFT: ProviderKeyDraft = {
  tag: "my_provider",
  days: "90",
  isEarnOnly: true,
  limit: "",
  isFirstGeneration: false,
};

/** What is wrong with a draft, by field; for people. */
export type ProviderKeyFaults = { readonly [Field in "tag" | "days" | "limit"]?: string };

/** A draft that was read: the content of a key, or what is wrong. */
export type ReadProviderKey =
  | { readonly kind: "good"; readonly content: KeyContentV2 }
  | { readonly kind: "faulty"; readonly faults: ProviderKeyFaults };

const DAY_MS = 24 * 60 * 60 * 1_000;
const TAG = /^[a-z0-9_]{1,24}$/;

function daysOf(text: string): number | undefined {
  if (!/^[1-9][0-9]{0,2}$/.test(text.trim())) return undefined;
  const days = Number.parseInt(text, 10);
  return days <= VALID_DAYS_MAX ? days : undefined;
}

function spendingOf({ isEarnOnly, limit }: ProviderKeyDraft): Spending | undefined {
  if (isEarnOnly) return { kind: "earn_only" };
  if (limit.trim() === "") return { kind: "unlimited" };
  try {
    const amount = parseMicroUsdc(limit.trim());
    return amount === 0n ? undefined : { kind: "limited", limit: amount }; // in a key 0 stands for no limit
  } catch {
    return undefined;
  }
}

/** Reads a draft into the content that the wallet signs. */
export function readProviderKey(draft: ProviderKeyDraft, nowMs: number): ReadProviderKey {
  const tag = draft.isFirstGeneration ? "" : draft.tag.trim();
  const days = daysOf(draft.days);
  const spending = spendingOf(draft);
  const isTag = tag === "" || TAG.test(tag);
  if (days === undefined || spending === undefined || !isTag) {
    return {
      kind: "faulty",
      faults: {
        ...(!isTag && { tag: "Expected at most 24 of the characters a-z, 0-9 and _." }),
        ...(days === undefined && { days: `Expected whole days from 1 to ${VALID_DAYS_MAX}.` }),
        ...(spending === undefined && {
          limit: "Expected USDC from 0.000001 with at most 6 decimals, such as 2.50, or nothing for no limit.",
        }),
      },
    };
  }
  const content: KeyContentV2 = {
    version: 2,
    createdAtMs: nowMs,
    validForMs: days * DAY_MS,
    spending,
    scopes: ["completion_model"],
    ...(tag !== "" && { tag }),
  };
  return { kind: "good", content };
}

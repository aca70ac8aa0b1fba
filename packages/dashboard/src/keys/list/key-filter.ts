// Which of the wallet's keys are shown, and in what order.
import type { KeyKind, KeyRecord } from "../key-record.ts";
import { kindOf, stateOf } from "../key-record.ts";

/** What the list is narrowed down to. */
export interface KeyFilter {
  /** Words of a name, a model or an id. */
  readonly text: string;
  readonly kind: KeyKind | "all";
  readonly state: "all" | "good" | "ended";
}

/** The filter that lets every key through. */
export const NO_FILTER: KeyFilter = { text: "", kind: "all", state: "all" };

function hasText({ name, hash, allowed_models: models }: KeyRecord, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return wanted === "" || [name, hash, ...(models ?? [])].some((place) => place.toLowerCase().includes(wanted));
}

function hasState(record: KeyRecord, state: KeyFilter["state"], nowMs: number): boolean {
  if (state === "all") return true;
  const now = stateOf(record, nowMs);
  return (now === "revoked" || now === "expired") === (state === "ended");
}

/** The keys that fit, the newest first. */
export function filteredKeys(keys: readonly KeyRecord[], filter: KeyFilter, nowMs: number): readonly KeyRecord[] {
  return keys
    .filter(
      (key) =>
        hasText(key, filter.text) &&
        (filter.kind === "all" || kindOf(key) === filter.kind) &&
        hasState(key, filter.state, nowMs),
    )
    .toSorted((one, other) => Date.parse(other.created_at) - Date.parse(one.created_at));
}

/** A page of a list: what is on it, which one it is after all, and how many there are. */
export interface ListPage<Item> {
  readonly items: readonly Item[];
  readonly number: number;
  readonly count: number;
}

/** The page of that number, from 1; of a list that has become shorter, its last one. */
export function pageOf<Item>(items: readonly Item[], number: number, size: number): ListPage<Item> {
  const count = Math.max(1, Math.ceil(items.length / size));
  const found = Math.min(Math.max(1, number), count);
  return { items: items.slice((found - 1) * size, found * size), number: found, count };
}

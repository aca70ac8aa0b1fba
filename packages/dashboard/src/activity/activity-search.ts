// What the page of activity shows, as its address says it.
import type { GenerationFilter } from "./generation-list.ts";
import type { GroupedBy, Measure } from "./used.ts";

/** How many days are shown. */
export type Period = "7" | "14" | "30";

/** What the address says; what it does not say is as most people want it. */
export interface ActivitySearch {
  readonly days?: Period | undefined;
  readonly show?: Measure | undefined;
  readonly by?: GroupedBy | undefined;
  readonly as?: "table" | undefined;
  readonly model?: string | undefined;
  readonly provider?: string | undefined;
  readonly key?: string | undefined;
}

const NAME_CHARS_MAX = 200; // of a model, as the router takes it

function oneOf<Value extends string>(value: unknown, ...values: readonly Value[]): Value | undefined {
  return values.find((one) => one === String(value));
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" && value.length <= NAME_CHARS_MAX ? value : undefined;
}

/** Reads an address; what nobody can mean is left out. */
export function readActivitySearch(search: Readonly<Record<string, unknown>>): ActivitySearch {
  return {
    days: oneOf(search["days"], "7", "14", "30"),
    show: oneOf(search["show"], "spend", "requests", "tokens"),
    by: oneOf(search["by"], "model", "key"),
    as: oneOf(search["as"], "table"),
    model: text(search["model"]),
    provider: text(search["provider"]),
    key: text(search["key"]),
  };
}

/** What of the generations the address lists. */
export function filterOf({ model = "", provider = "", key = "" }: ActivitySearch): GenerationFilter {
  return { model, provider, key };
}

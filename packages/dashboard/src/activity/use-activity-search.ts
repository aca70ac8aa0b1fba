// The address of the page of activity for its components: what it says, and how to change that.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { readActivitySearch } from "./activity-search.ts";
import type { ActivitySearch } from "./activity-search.ts";

/** What the address says, and a function that changes some of it without a new step in the browser's history. */
export function useActivitySearch(): readonly [ActivitySearch, (changed: ActivitySearch) => void] {
  const raw: Readonly<Record<string, unknown>> = useSearch({ strict: false });
  const navigate = useNavigate();
  const search = useMemo(() => readActivitySearch(raw), [raw]);
  const change = (changed: ActivitySearch): void => {
    const next: ActivitySearch = { ...search, ...changed };
    void navigate({ to: "/activity", search: next, replace: true, resetScroll: false });
  };
  return [search, change];
}

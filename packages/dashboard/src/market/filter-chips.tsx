// The filters in force, each with its way off.
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../ui/button.tsx";
import { activeFilters, unfiltered } from "./active-filters.ts";
import type { MarketSearch } from "./market-search.ts";

interface FilterChipsProps {
  readonly search: MarketSearch;
  readonly onChange: (search: MarketSearch) => void;
}

/** A row of them; nothing where none is in force. */
export function FilterChips({ search, onChange }: FilterChipsProps): ReactNode {
  const filters = activeFilters(search);
  if (filters.length === 0) return null;
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      <ul aria-label="Filters in force" className="contents">
        {filters.map(({ id, words, without }) => (
          <li key={id}>
            <button
              type="button"
              onClick={() => onChange(without)}
              aria-label={`Take the filter off: ${words}`}
              className="inline-flex h-8 items-center pointer-coarse:h-9 gap-1.5 rounded-lg bg-accent-soft px-2.5 text-[0.8125rem] font-medium text-accent hover:bg-sunken"
            >
              {words}
              <X aria-hidden className="size-3.5" />
            </button>
          </li>
        ))}
      </ul>
      <Button variant="ghost" size="small" onClick={() => onChange(unfiltered(search))}>
        Take all off
      </Button>
    </div>
  );
}

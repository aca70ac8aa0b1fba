// The market: every model of this router.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { SearchX, SlidersHorizontal } from "lucide-react";
import type { ReactNode } from "react";
import { useState } from "react";
import { answerOf, routerApi } from "../api/router-api.ts";
import { routerQuery } from "../router/router-query.ts";
import { Button, buttonClasses } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { FaultNotice } from "../ui/fault-notice.tsx";
import { Page } from "../ui/page.tsx";
import { useMedia } from "../ui/use-media.ts";
import { activeFilters } from "./active-filters.ts";
import { countWords } from "./figures.ts";
import { FilterChips } from "./filter-chips.tsx";
import { FilterPanel } from "./filter-panel.tsx";
import { ModelCards } from "./model-cards.tsx";
import { ModelTable } from "./model-table.tsx";
import { SORTS, SORT_USUAL } from "./market-search.ts";
import type { MarketSearch, Sort } from "./market-search.ts";
import { ModelListSkeleton } from "./model-list-skeleton.tsx";
import { providersQuery } from "./providers-query.ts";
import { SearchBox } from "./search-box.tsx";
import { useModels } from "./use-models.ts";
import type { FoundModels } from "./use-models.ts";
import { WIDE } from "./wide.ts";

/** Whose market it is, and how large. */
function Lead(): ReactNode {
  const { data: router } = useQuery(routerQuery);
  const { data: counted } = useQuery({
    queryKey: ["models", "count"],
    queryFn: () => answerOf(routerApi.GET("/api/v1/models/count")),
  });
  const { data: providers } = useQuery({ ...providersQuery, enabled: counted !== undefined });
  if (router === undefined) return "One price list, many providers. Pay per token in USDC, from your own wallet.";
  const selling = providers?.filter(({ models }) => models.length > 0).length;
  const models = counted === undefined ? "models" : countWords(counted.data.count, "model");
  return (
    <>
      The router{" "}
      <Link to="/router" className="font-medium text-ink underline decoration-line-strong underline-offset-4">
        {router.name}
      </Link>{" "}
      has {models} from{" "}
      <Link to="/providers" className="font-medium text-ink underline decoration-line-strong underline-offset-4">
        {selling === undefined ? "its providers" : countWords(selling, "provider")}
      </Link>
      . Pay per token in USDC, from your own wallet.
    </>
  );
}

const CALLS = (
  <>
    <Link to="/playground" className={buttonClasses({ variant: "primary" })}>
      Try a model
    </Link>
    <Link to="/provide" className={buttonClasses()}>
      Sell yours
    </Link>
  </>
);

interface SearchedProps {
  readonly search: MarketSearch;
  readonly onChange: (search: MarketSearch) => void;
}

/** The line with the text, the order, and the way to the filters. */
function SearchLine({ search, onChange }: SearchedProps): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  const inForce = activeFilters(search).length;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        <div className="flex min-w-0 basis-full sm:flex-1 sm:basis-64">
          <SearchBox
            q={search.q ?? ""}
            onSearch={(q) => onChange({ ...search, q: q === "" ? undefined : q })}
            name="Search models"
            hint="Search by name or author"
          />
        </div>
        <select
          aria-label="Order"
          value={search.sort ?? SORT_USUAL}
          onChange={({ target }) => onChange({ ...search, sort: SORTS.find(([name]) => name === target.value)?.[0] })}
          className="h-10 min-w-0 flex-1 rounded-lg border border-line-strong bg-surface px-3 pr-8 text-sm sm:flex-none"
        >
          {SORTS.map(([name, words]) => (
            <option key={name} value={name}>
              {words}
            </option>
          ))}
        </select>
        <Button aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          <SlidersHorizontal aria-hidden className="size-4" />
          Filters{inForce > 0 && ` (${inForce})`}
        </Button>
      </div>
      {isOpen && <FilterPanel search={search} onChange={onChange} />}
      <FilterChips search={search} onChange={onChange} />
    </div>
  );
}

function NothingFound({ search, onChange }: SearchedProps): ReactNode {
  if (search.q === undefined && activeFilters(search).length === 0) {
    return (
      <EmptyState
        title="Nobody sells a model here yet."
        action={
          <Link to="/provide" className={buttonClasses({ variant: "primary" })}>
            Sell the first one
          </Link>
        }
      >
        A machine with a model and a wallet is all it takes.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<SearchX className="size-5" />}
      title="No model has all of that."
      action={<Button onClick={() => onChange({})}>Show all models</Button>}
    >
      Look for less of a name, or take a filter off.
    </EmptyState>
  );
}

interface ModelListProps extends SearchedProps {
  readonly found: FoundModels;
}

function ModelList({ found, search, onChange }: ModelListProps): ReactNode {
  const isWide = useMedia(WIDE);
  const { models } = found;
  if (models === undefined) return found.fault === null && <ModelListSkeleton isWide={isWide} />;
  if (models.length === 0 && !found.hasMore) return <NothingFound search={search} onChange={onChange} />;
  const sortBy = (sort: Sort): void => onChange({ ...search, sort });
  return isWide ? (
    <ModelTable found={found} sort={search.sort ?? SORT_USUAL} onSort={sortBy} />
  ) : (
    <ModelCards found={found} />
  );
}

/** How many were found; nothing where nobody answered. */
function foundWords({ total, isOld, fault }: FoundModels): string {
  if (total !== undefined && !isOld) return `${countWords(total, "model")}.`;
  return fault === null ? "Looking…" : "";
}

/** The home page: search, filters and every model they find. */
export function MarketPage(): ReactNode {
  const search = useSearch({ from: "/" });
  const navigate = useNavigate({ from: "/" });
  const change = (next: MarketSearch): void => void navigate({ search: next, replace: true, resetScroll: false });
  const found = useModels(search);
  return (
    <Page title="Models" lead={<Lead />} actions={CALLS}>
      <SearchLine search={search} onChange={change} />
      {found.fault !== null && <FaultNotice fault={found.fault} onRetry={found.retry} />}
      <div className="flex flex-col gap-2">
        <p role="status" className="text-[0.8125rem] text-muted">
          {foundWords(found)}
          {found.models !== undefined && (
            <span className="hidden md:inline"> Prices in USDC per million tokens, of the cheapest offer.</span>
          )}
        </p>
        <ModelList found={found} search={search} onChange={change} />
      </div>
    </Page>
  );
}

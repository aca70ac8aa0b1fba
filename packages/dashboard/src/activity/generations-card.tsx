// Every answer, the newest first; new ones come in by themselves.
import { useQuery } from "@tanstack/react-query";
import { ArrowUp } from "lucide-react";
import type { ReactNode } from "react";
import { useMemo, useRef } from "react";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { FaultNotice } from "../ui/fault-notice.tsx";
import { shortAddress } from "../ui/short-address.ts";
import { SkeletonLines } from "../ui/skeleton.tsx";
import { keyNamesQuery, usedQuery } from "./activity-queries.ts";
import { filterOf } from "./activity-search.ts";
import { FilterSelect } from "./filter-select.tsx";
import { GenerationRows } from "./generation-rows.tsx";
import { keyName } from "./key-names.ts";
import { useActivitySearch } from "./use-activity-search.ts";
import { useGenerations } from "./use-generations.ts";

function useKeyNames(): (keyId: string) => string {
  const { data } = useQuery(keyNamesQuery);
  return (keyId) => keyName(data, keyId);
}

/** The choices of model, provider and key, of what was used in the last month. */
function Filters(): ReactNode {
  const [{ model, provider, key }, change] = useActivitySearch();
  const { data: rows = [] } = useQuery(usedQuery("model"));
  const { data: names } = useQuery(keyNamesQuery);
  const nameOf = useKeyNames();
  const models = new Set(rows.map((row) => row.model));
  const providers = new Set(rows.map((row) => row.provider_name));
  return (
    <div className="flex flex-wrap gap-2">
      <FilterSelect
        label="Model"
        all="All models"
        value={model}
        options={[...models].toSorted().map((id) => ({ id, name: id }))}
        onSelect={(id) => change({ model: id })}
      />
      <FilterSelect
        label="Provider"
        all="All providers"
        value={provider}
        options={[...providers].toSorted().map((id) => ({ id, name: shortAddress(id) }))}
        onSelect={(id) => change({ provider: id })}
      />
      <FilterSelect
        label="Key"
        all="All keys"
        value={key}
        options={[...(names?.keys() ?? [])].map((id) => ({ id, name: nameOf(id) }))}
        onSelect={(id) => change({ key: id })}
      />
    </div>
  );
}

/** The card with the choices above its list of answers. */
export function GenerationsCard(): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const [search, change] = useActivitySearch();
  const filter = useMemo(() => filterOf(search), [search]);
  const nameOf = useKeyNames();
  const list = useGenerations(filter, () => (place.current?.getBoundingClientRect().top ?? 0) < 0);
  const { generations, fault, hasMore, isLoadingMore, held } = list;
  const isNarrowed = Object.values(filter).some((value) => value !== "");
  const showNewest = (): void => {
    list.release();
    place.current?.scrollIntoView({ block: "start" });
  };
  return (
    <div ref={place} className="scroll-mt-16">
      {held > 0 && (
        <div className="sticky top-16 z-20 flex h-0 justify-center">
          <Button size="small" variant="primary" onClick={showNewest} className="mt-2 shadow-card">
            <ArrowUp aria-hidden className="size-4" />
            {held === 1 ? "1 new answer" : `${held} new answers`}
          </Button>
        </div>
      )}
      <Card title="Answers" aside={<Filters />} isFlush>
        {fault !== undefined && (
          <div className="px-5 pb-5">
            <FaultNotice fault={fault} onRetry={list.retry} />
          </div>
        )}
        {generations === undefined && fault === undefined && (
          <div className="px-5 pb-5">
            <SkeletonLines count={8} />
          </div>
        )}
        {generations?.length === 0 && !hasMore && (
          <EmptyState
            title={isNarrowed ? "No answer is like that." : "No answer yet."}
            {...(isNarrowed && {
              action: (
                <Button onClick={() => change({ model: undefined, provider: undefined, key: undefined })}>
                  Show all answers
                </Button>
              ),
            })}
          />
        )}
        {generations !== undefined && (generations.length > 0 || hasMore) && (
          <GenerationRows
            generations={generations}
            nameOf={nameOf}
            hasMore={hasMore}
            onNearEnd={() => hasMore && !isLoadingMore && fault === undefined && list.loadMore()}
          />
        )}
        {hasMore && (
          <p role="status" className="px-5 py-3 text-center text-sm text-muted">
            {isLoadingMore ? "Loading more answers" : "More answers follow"}
          </p>
        )}
      </Card>
    </div>
  );
}

// Which rows of a long list are drawn, where the window scrolls.
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import type { VirtualItem, Virtualizer } from "@tanstack/react-virtual";
import type { RefObject } from "react";
import { useEffect, useLayoutEffect, useState } from "react";
import { ROWS_AHEAD, ROWS_BEYOND } from "./limits.ts";
import type { FoundModels, ModelFacts } from "./use-models.ts";

/** The rows to draw, and the room that those above and below would take. */
export interface WindowRows {
  readonly rows: readonly { readonly item: VirtualItem; readonly model: ModelFacts }[];
  readonly above: number;
  readonly below: number;
  readonly virtualizer: Virtualizer<Window, Element>;
}

/** Follows the window's scrolling; asks for more where the end comes near. */
export function useWindowRows(found: FoundModels, list: RefObject<HTMLElement | null>, rowHeight: number): WindowRows {
  const models = found.models ?? [];
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const measure = (): void => setTop(Math.round((list.current?.getBoundingClientRect().top ?? 0) + window.scrollY));
    const watch = new ResizeObserver(measure); // what stands above the list has grown or shrunk
    watch.observe(document.body);
    measure();
    return () => watch.disconnect();
  }, [list]);
  const virtualizer = useWindowVirtualizer({
    count: models.length,
    estimateSize: () => rowHeight,
    overscan: ROWS_BEYOND,
    useFlushSync: false, // rows beyond what is seen are drawn already: scrolling need not wait for the next ones
    scrollMargin: top,
    getItemKey: (index) => models[index]?.id ?? index,
  });
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { hasMore, isLoadingMore, loadMore } = found;
  useEffect(() => {
    if (hasMore && !isLoadingMore && last >= models.length - ROWS_AHEAD) loadMore();
  });
  return {
    rows: items.flatMap((item) => {
      const model = models[item.index];
      return model === undefined ? [] : [{ item, model }];
    }),
    above: Math.max(0, (items[0]?.start ?? top) - top),
    below: Math.max(0, virtualizer.getTotalSize() - ((items.at(-1)?.end ?? top) - top)),
    virtualizer,
  };
}

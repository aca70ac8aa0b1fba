// Which rows of a long list are drawn, where it is the window that scrolls.
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import type { VirtualItem } from "@tanstack/react-virtual";
import type { RefObject } from "react";
import { useEffect, useLayoutEffect, useState } from "react";

const ROWS_BEYOND = 12; // drawn above and below what is seen, so that the next one can take the focus
const ROWS_AHEAD = 30; // how near the end more is asked for

/** A long list whose rows all have the same height. */
export interface LongList {
  readonly count: number;
  readonly rowHeight: number;
  keyOf(index: number): string;
  /** Called while the end is near; it is for the list to know whether there is more, and whether it is being asked for. */
  onNearEnd(): void;
}

/** The rows to draw, and the room that those above and below would take. */
export interface DrawnRows {
  readonly items: readonly VirtualItem[];
  readonly above: number;
  readonly below: number;
}

/** Follows the window's scrolling over a list, which begins at the top of `place`. */
export function useWindowList(
  place: RefObject<HTMLElement | null>,
  { count, rowHeight, keyOf, onNearEnd }: LongList,
): DrawnRows {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const now = (place.current?.getBoundingClientRect().top ?? 0) + window.scrollY;
    if (Math.abs(now - top) > 1) setTop(now);
  });
  const virtualizer = useWindowVirtualizer({
    count,
    estimateSize: () => rowHeight,
    overscan: ROWS_BEYOND,
    scrollMargin: top,
    getItemKey: keyOf,
  });
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1);
  useEffect(() => {
    if ((last?.index ?? 0) >= count - ROWS_AHEAD) onNearEnd();
  });
  return {
    items,
    above: Math.max(0, (items[0]?.start ?? top) - top),
    below: Math.max(0, virtualizer.getTotalSize() - ((last?.end ?? top) - top)),
  };
}

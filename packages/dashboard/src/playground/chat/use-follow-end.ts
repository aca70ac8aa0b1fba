// The page at the end of a transcript that grows, unless the reader has gone up.
import type { RefObject } from "react";
import { useCallback, useEffect, useRef, useState } from "react";
import type { ScrollPlace } from "./follow-end.ts";
import { followsAfter } from "./follow-end.ts";

function place(): ScrollPlace {
  const { scrollTop, scrollHeight, clientHeight } = document.documentElement;
  return { top: scrollTop, below: scrollHeight - clientHeight - scrollTop };
}

const toEnd = (): void => window.scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });

/** Keeps the end of what grows inside `grown` in sight, where there is something; says whether it does, and how to go there. */
export function useFollowEnd(
  grown: RefObject<HTMLElement | null>,
  isEmpty: boolean,
): { readonly isFollowing: boolean; readonly follow: () => void } {
  const [isFollowing, setIsFollowing] = useState(true);
  const following = useRef(true);
  const set = useCallback((next: boolean) => {
    following.current = next;
    setIsFollowing(next);
  }, []);
  useEffect(() => {
    let last = place();
    const moved = (): void => {
      const now = place();
      set(followsAfter(following.current, last, now));
      last = now;
    };
    if (isEmpty) {
      set(true);
      return undefined;
    }
    const grew = new ResizeObserver(() => following.current && toEnd());
    if (grown.current !== null) grew.observe(grown.current);
    window.addEventListener("scroll", moved, { passive: true });
    return () => {
      grew.disconnect();
      window.removeEventListener("scroll", moved);
    };
  }, [grown, isEmpty, set]);
  const follow = useCallback(() => {
    set(true);
    toEnd();
  }, [set]);
  return { isFollowing, follow };
}

// What the window is like, for components that are drawn in another way by it.
import { useCallback, useSyncExternalStore } from "react";

/** Whether a media query holds, such as `(min-width: 64rem)`; draws again when that changes. */
export function useMedia(query: string): boolean {
  const watch = useCallback(
    (listener: () => void) => {
      const wish = globalThis.matchMedia?.(query);
      wish?.addEventListener("change", listener);
      return () => wish?.removeEventListener("change", listener);
    },
    [query],
  );
  return useSyncExternalStore(watch, () => globalThis.matchMedia?.(query).matches ?? true);
}

// Whether the window is wide enough for a table.
import { useSyncExternalStore } from "react";

const wide = globalThis.matchMedia?.("(min-width: 48rem)");

function watch(listener: () => void): () => void {
  wide?.addEventListener("change", listener);
  return () => wide?.removeEventListener("change", listener);
}

/** Draws again when the window becomes wide or narrow. */
export function useIsWide(): boolean {
  return useSyncExternalStore(watch, () => wide?.matches ?? true);
}

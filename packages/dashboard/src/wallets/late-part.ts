// A part of the page that is loaded once it is needed, so that a stranger's first page stays light.
import { useSyncExternalStore } from "react";

/** Whether a part is needed by now. */
export interface LatePart {
  /** It is needed, and stays from now on. */
  readonly want: () => void;
  /** Whether it is needed; draws again when it is. */
  readonly useIsWanted: () => boolean;
}

/** Makes a part that nobody needs yet. */
export function latePart(): LatePart {
  let isWanted = false;
  const listeners = new Set<() => void>();
  const watch = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return {
    want: () => {
      isWanted = true;
      for (const listener of listeners) listener();
    },
    useIsWanted: () => useSyncExternalStore(watch, () => isWanted),
  };
}

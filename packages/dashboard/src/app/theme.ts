// Light or dark: as the system has it, until a person chooses.
import { useSyncExternalStore } from "react";

/** What the page can look like. */
export type Theme = "light" | "dark";

const KEPT = "aimo-theme";
const DARK = "(prefers-color-scheme: dark)";
const listeners = new Set<() => void>();
const wish = globalThis.matchMedia?.(DARK);
let shown: Theme = "light";

/** Asked of a list of its own: where a browser is read the `matches` of one that is listened to, it may forget to tell of the change. */
function isDarkWished(): boolean {
  return globalThis.matchMedia?.(DARK).matches ?? false;
}

function chosen(): Theme | undefined {
  const kept = localStorage.getItem(KEPT);
  return kept === "light" || kept === "dark" ? kept : undefined;
}

function show(): void {
  shown = chosen() ?? (isDarkWished() ? "dark" : "light");
  document.documentElement.dataset["theme"] = shown;
  for (const listener of listeners) listener();
}

/** Shows the theme and follows the system; to be called once, before anything is drawn. */
export function startTheme(): void {
  wish?.addEventListener("change", show);
  show();
}

/** Chooses a theme for this browser. */
export function chooseTheme(theme: Theme): void {
  localStorage.setItem(KEPT, theme);
  show();
}

function watch(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** The theme that is shown. */
export function useTheme(): Theme {
  return useSyncExternalStore(watch, () => shown);
}

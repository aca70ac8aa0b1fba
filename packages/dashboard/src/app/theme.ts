// Light or dark: as the system has it, until a person chooses.
import { useSyncExternalStore } from "react";

/** What the page can look like. */
export type Theme = "light" | "dark";

const KEPT = "aimo-theme";
const listeners = new Set<() => void>();
const wish = globalThis.matchMedia?.("(prefers-color-scheme: dark)");

function chosen(): Theme | undefined {
  const kept = localStorage.getItem(KEPT);
  return kept === "light" || kept === "dark" ? kept : undefined;
}

function current(): Theme {
  return chosen() ?? (wish?.matches ? "dark" : "light");
}

function show(): void {
  document.documentElement.dataset["theme"] = current();
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
  return useSyncExternalStore(watch, current);
}

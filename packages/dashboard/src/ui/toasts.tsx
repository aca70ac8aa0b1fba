// Toasts: what happened to money and keys, told in a corner while the page goes on.
import type { ReactNode } from "react";
import { useSyncExternalStore } from "react";
import { Toaster } from "sonner";
import { useTheme } from "../app/theme.ts";

const wide = globalThis.matchMedia?.("(min-width: 640px)");

function watchWidth(listener: () => void): () => void {
  wide?.addEventListener("change", listener);
  return () => wide?.removeEventListener("change", listener);
}

/** The corner where they are shown; once, in the shell. */
export function Toasts(): ReactNode {
  const theme = useTheme();
  const isWide = useSyncExternalStore(watchWidth, () => wide?.matches ?? true);
  return (
    <Toaster
      theme={theme}
      position={isWide ? "bottom-right" : "top-center"} // on phones the buttons of dialogs are at the bottom
      closeButton
      style={{ fontFamily: "inherit" }}
      toastOptions={{
        style: {
          background: "var(--surface)",
          color: "var(--ink)",
          borderColor: "var(--line)",
        },
      }}
    />
  );
}

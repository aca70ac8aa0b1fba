// Toasts: what happened to money and keys, told in a corner while the page goes on.
import type { ReactNode } from "react";
import { Toaster } from "sonner";
import { useTheme } from "../app/theme.ts";
import { useMedia } from "./use-media.ts";

/** The corner where they are shown; once, in the shell. */
export function Toasts(): ReactNode {
  const theme = useTheme();
  const isWide = useMedia("(min-width: 40rem)");
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
        actionButtonStyle: {
          height: "2.25rem",
          padding: "0 0.75rem",
          borderRadius: "0.5rem",
          background: "var(--accent)",
          color: "var(--on-accent)",
        },
      }}
    />
  );
}

// The switch between light and dark.
import { Moon, Sun } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../ui/button.tsx";
import { chooseTheme, useTheme } from "./theme.ts";

/** Shows what it would change to. */
export function ThemeButton(): ReactNode {
  const other = useTheme() === "dark" ? "light" : "dark";
  const Icon = other === "dark" ? Moon : Sun;
  return (
    <Button
      variant="ghost"
      size="icon"
      aria-label={`Change to ${other}`}
      title={`Change to ${other}`}
      onClick={() => chooseTheme(other)}
    >
      <Icon aria-hidden className="size-4" />
    </Button>
  );
}

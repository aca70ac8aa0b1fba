// Badges: a word about a thing, in the colour of what it means.
import type { ReactNode } from "react";
import { classes } from "./class-names.ts";

const TONES = {
  plain: "bg-sunken text-muted",
  accent: "bg-accent-soft text-accent",
  good: "bg-good-soft text-good",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
} as const;

interface BadgeProps {
  readonly tone?: keyof typeof TONES;
  readonly title?: string;
  readonly children: ReactNode;
}

/** A word about a thing, with a title where it needs explaining. */
export function Badge({ tone = "plain", title, children }: BadgeProps): ReactNode {
  return (
    <span
      title={title}
      className={classes(
        "inline-flex items-center gap-1 rounded-md px-1.5 py-0.5 text-xs font-medium whitespace-nowrap",
        TONES[tone],
      )}
    >
      {children}
    </span>
  );
}

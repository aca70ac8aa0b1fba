// Whether the figures on a page change by themselves.
import type { ReactNode } from "react";
import { useLiveState } from "../api/live-events.ts";
import { Badge } from "../ui/badge.tsx";

/** Says so; nothing where nobody is signed in. */
export function LiveMark(): ReactNode {
  const state = useLiveState();
  if (state === "off") return null;
  return state === "live" ? (
    <Badge tone="good" title="Figures and answers appear here as they happen.">
      <span aria-hidden className="size-1.5 rounded-full bg-good" />
      Live
    </Badge>
  ) : (
    <Badge title="The line to the router is being opened again; until then figures stay as they are.">Connecting</Badge>
  );
}

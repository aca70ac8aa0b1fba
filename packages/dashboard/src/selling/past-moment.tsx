// Moments that have been: a page's clock that goes in steps never shows what has just happened as yet to come.
import type { ReactNode } from "react";
import { Moment } from "../ui/moment.tsx";

interface PastMomentProps {
  readonly at: string;
  /** Milliseconds since 1970, from `useNow`. */
  readonly now: number;
}

/** How long ago it was. */
export function PastMoment({ at, now }: PastMomentProps): ReactNode {
  const ms = Date.parse(at);
  return <Moment at={at} now={Number.isNaN(ms) ? now : Math.max(now, ms)} />;
}

// A moment on the page: how long ago, with the exact time in its title.
import type { ReactNode } from "react";
import { exactTime, relativeTime } from "./time-text.ts";

interface MomentProps {
  /** ISO 8601, as the router writes it; null where it never was. */
  readonly at: string | null;
  /** Milliseconds since 1970, from `useNow`. */
  readonly now: number;
  /** Whether it has happened for certain: a clock that lags behind makes it no time to come. */
  readonly isPast?: boolean;
  /** What stands there where it never was. */
  readonly never?: string;
  readonly className?: string;
}

/** A moment relative to now; its title has it exactly. */
export function Moment({ at, now, isPast = false, never = "never", className }: MomentProps): ReactNode {
  if (at === null) return <span className={className}>{never}</span>;
  return (
    <time dateTime={at} title={exactTime(at)} className={className}>
      {relativeTime(at, isPast ? Math.max(now, Date.parse(at)) : now)}
    </time>
  );
}

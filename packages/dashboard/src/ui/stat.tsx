// A figure that matters, with its name above it.
import type { ReactNode } from "react";

interface StatProps {
  readonly label: string;
  readonly children: ReactNode;
  readonly hint?: ReactNode;
}

/** A figure with its name and what is to be known of it. */
export function Stat({ label, children, hint }: StatProps): ReactNode {
  return (
    <div className="flex min-w-0 flex-col gap-0.5">
      <dt className="text-sm text-muted">{label}</dt>
      <dd className="figures text-xl font-semibold tracking-tight break-words">{children}</dd>
      {hint !== undefined && <dd className="text-[0.8125rem] text-muted">{hint}</dd>}
    </div>
  );
}

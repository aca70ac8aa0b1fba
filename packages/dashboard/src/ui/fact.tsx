// A small figure with its name above it, for cards that have many of them.
import type { ReactNode } from "react";

interface FactProps {
  readonly name: string;
  /** What it means, where its name does not say all. */
  readonly title?: string;
  readonly children: ReactNode;
}

/** A name and what it is, in a list of such; what is too long for its place is cut at the end. */
export function Fact({ name, title, children }: FactProps): ReactNode {
  return (
    <div className="min-w-0" title={title}>
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="figures truncate text-sm font-medium">{children}</dd>
    </div>
  );
}

// Skeletons: the shape of what is being loaded, so that nothing jumps when it comes.
import type { ReactNode } from "react";
import { classes } from "./class-names.ts";

/** A grey bar in the place of a text. */
export function Skeleton({ className }: { readonly className?: string }): ReactNode {
  return <span aria-hidden className={classes("block h-4 animate-pulse rounded bg-sunken", className)} />;
}

/** Several lines of them, which say to who cannot see that something is loading. */
export function SkeletonLines({ count = 4 }: { readonly count?: number }): ReactNode {
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-3">
      {Array.from({ length: count }, (_, index) => (
        <Skeleton key={index} className={index % 3 === 2 ? "w-2/3" : "w-full"} />
      ))}
    </div>
  );
}

// The shape of the list while it loads.
import type { ReactNode } from "react";
import { Skeleton } from "../ui/skeleton.tsx";

const LINES = 8;

/** Rows or cards without their content, as high as those that come. */
export function ModelListSkeleton({ isWide }: { readonly isWide: boolean }): ReactNode {
  return (
    <div
      role="status"
      aria-label="Loading the models"
      className={
        isWide ? "divide-y divide-line rounded-card border border-line bg-surface pt-10" : "flex flex-col gap-3"
      }
    >
      {Array.from({ length: LINES }, (_, index) => (
        <div
          key={index}
          className={
            isWide
              ? "flex h-16 items-center gap-8 px-4"
              : "flex h-49 flex-col gap-4 rounded-card border border-line p-4"
          }
        >
          <Skeleton className="w-1/3" />
          <Skeleton className="w-1/6" />
          <Skeleton className="w-1/6" />
        </div>
      ))}
    </div>
  );
}

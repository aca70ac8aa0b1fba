// What stands in the place of a page whose code is still on its way.
import type { ReactNode } from "react";
import { Card } from "../ui/card.tsx";
import { Skeleton, SkeletonLines } from "../ui/skeleton.tsx";

/** The shape of any page: a heading, a line below it, and a card. */
export function PendingPage(): ReactNode {
  return (
    <div className="mx-auto flex w-full max-w-6xl flex-col gap-6 px-4 py-6 sm:px-6 lg:py-8">
      <div className="flex flex-col gap-3">
        <Skeleton className="h-7 w-44" />
        <Skeleton className="w-full max-w-md" />
      </div>
      <Card>
        <SkeletonLines count={6} />
      </Card>
    </div>
  );
}

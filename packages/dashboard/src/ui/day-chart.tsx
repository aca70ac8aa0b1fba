// Values by UTC day as stacked bars, which load when they are seen; a table beside them has to say the same.
import type { ReactNode } from "react";
import { Suspense, lazy } from "react";
import type { DayChartProps } from "./day-bars.tsx";
import { Skeleton } from "./skeleton.tsx";

const DayBars = lazy(async () => ({ default: (await import("./day-bars.tsx")).DayBars }));

/** The chart, which is as wide as its place. */
export function DayChart(props: DayChartProps): ReactNode {
  return (
    <div role="group" aria-label={props.label} className="h-65 min-w-0">
      <Suspense fallback={<Skeleton className="h-full w-full" />}>
        <DayBars {...props} />
      </Suspense>
    </div>
  );
}

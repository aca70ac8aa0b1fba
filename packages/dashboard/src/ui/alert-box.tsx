// The red box: what went wrong, what to do about it, and the buttons that do it.
import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { FaultWords } from "../api/fault-words.ts";

interface AlertBoxProps {
  readonly words: FaultWords;
  /** Buttons beside the words. */
  readonly children?: ReactNode;
}

/** The box, which is read out at once to who cannot see it. */
export function AlertBox({ words: { what, next }, children }: AlertBoxProps): ReactNode {
  return (
    <div
      role="alert"
      className="flex flex-wrap items-start gap-3 rounded-lg border border-bad/30 bg-bad-soft px-4 py-3 text-sm"
    >
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
      <div className="min-w-48 flex-1 break-words">
        <p className="font-medium text-ink">{what}</p>
        {next !== undefined && <p className="text-ink/85">{next}</p>}
      </div>
      {children}
    </div>
  );
}

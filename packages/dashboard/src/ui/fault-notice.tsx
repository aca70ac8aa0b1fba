// What went wrong and what to do about it, where it went wrong.
import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { faultWords } from "../api/fault-words.ts";

interface FaultNoticeProps {
  readonly fault: unknown;
  readonly onRetry?: () => void;
}

/** Tells of a fault; with `onRetry` it can be tried again. */
export function FaultNotice({ fault, onRetry }: FaultNoticeProps): ReactNode {
  const { what, next } = faultWords(fault);
  return (
    <div
      role="alert"
      className="flex flex-wrap items-start gap-3 rounded-lg border border-bad/30 bg-bad-soft px-4 py-3 text-sm"
    >
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
      <div className="min-w-0 flex-1 break-words">
        <p className="font-medium text-ink">{what}</p>
        {next !== undefined && <p className="text-ink/85">{next}</p>}
      </div>
      {onRetry !== undefined && (
        <Button size="small" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

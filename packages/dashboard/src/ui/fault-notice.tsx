// What went wrong and what to do about it, where it went wrong.
import type { ReactNode } from "react";
import { AlertBox } from "./alert-box.tsx";
import { Button } from "./button.tsx";
import { faultWords } from "../api/fault-words.ts";

interface FaultNoticeProps {
  readonly fault: unknown;
  readonly onRetry?: () => void;
}

/** Tells of a fault; with `onRetry` it can be tried again. */
export function FaultNotice({ fault, onRetry }: FaultNoticeProps): ReactNode {
  return (
    <AlertBox words={faultWords(fault)}>
      {onRetry !== undefined && (
        <Button size="small" onClick={onRetry}>
          Try again
        </Button>
      )}
    </AlertBox>
  );
}

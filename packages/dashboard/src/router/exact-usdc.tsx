// Amounts with all their digits, where they are held against each other.
import type { ReactNode } from "react";
import { exactAmount } from "./exact-amount.ts";

interface ExactUsdcProps {
  /** A decimal in USDC. */
  readonly usdc: string;
  readonly hasUnit?: boolean;
}

/** An amount of which nothing is left out. */
export function ExactUsdc({ usdc, hasUnit = true }: ExactUsdcProps): ReactNode {
  return (
    <span className="figures whitespace-nowrap">
      <span className={hasUnit ? "font-semibold" : undefined}>{exactAmount(usdc)}</span>
      {hasUnit && <span className="text-muted"> USDC</span>}
    </span>
  );
}

// Amounts of money on the page.
import type { ReactNode } from "react";
import { classes } from "./class-names.ts";
import { shortAmount } from "./amount-text.ts";

interface AmountProps {
  /** A decimal text, as the router and the money module write it. */
  readonly usdc: string;
  readonly className?: string;
  /** Whether the currency stands behind it; in a column whose head names it, it does not. */
  readonly hasUnit?: boolean;
}

/** An amount in USDC, short; its title has all digits. */
export function Amount({ usdc, className, hasUnit = true }: AmountProps): ReactNode {
  return (
    <span title={`${usdc} USDC`} className={classes("figures whitespace-nowrap", className)}>
      {shortAmount(usdc)}
      {hasUnit && <span className="text-muted"> USDC</span>}
    </span>
  );
}

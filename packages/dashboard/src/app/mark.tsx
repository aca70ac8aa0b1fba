// The network's mark.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

/** The mark and the name, which lead home. */
export function Mark(): ReactNode {
  return (
    <Link to="/" className="flex items-center gap-2.5 rounded-lg font-semibold tracking-tight">
      <img src="/favicon.svg" alt="" width={26} height={26} />
      <span className="whitespace-nowrap">
        AiMo<span className="max-sm:sr-only"> Network</span>
      </span>
    </Link>
  );
}

// The network's mark.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { classes } from "../ui/class-names.ts";

/** The mark and the name, which lead home; with `isShort` a phone shows the mark alone. */
export function Mark({ isShort = false }: { readonly isShort?: boolean }): ReactNode {
  return (
    <Link to="/" className="flex items-center gap-2.5 rounded-lg py-1.5 font-semibold tracking-tight">
      <img src="/favicon.svg" alt="" width={26} height={26} />
      <span className={classes("whitespace-nowrap", isShort && "max-[28rem]:sr-only")}>
        AiMo<span className="max-sm:sr-only"> Network</span>
      </span>
    </Link>
  );
}

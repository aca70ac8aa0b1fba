// Part of a page that shows what a router told: whatever that is, the rest of the page stays, with the way out on it.
import { CatchBoundary } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ConsoleFault } from "../api/fault-words.ts";
import { FaultNotice } from "./fault-notice.tsx";

const ODD = new ConsoleFault(
  "What the router tells here cannot be shown.",
  "Load the page again; if it stays, tell the router’s operator. What the chain says does not depend on it.",
);

function Odd(): ReactNode {
  return <FaultNotice fault={ODD} />;
}

/** Shows its children, or in their place that what the router told makes no sense. */
export function ToldPart({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <CatchBoundary getResetKey={() => "told"} errorComponent={Odd}>
      {children}
    </CatchBoundary>
  );
}

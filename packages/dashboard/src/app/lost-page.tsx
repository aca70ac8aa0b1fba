// What stands at an address that leads nowhere.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { buttonClasses } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Page } from "../ui/page.tsx";

/** Says so, and leads home. */
export function LostPage(): ReactNode {
  return (
    <Page title="Nothing is here">
      <EmptyState
        title="This address leads nowhere."
        action={
          <Link to="/" className={buttonClasses({ variant: "primary" })}>
            All models
          </Link>
        }
      >
        It may be mistyped, or what was here is gone.
      </EmptyState>
    </Page>
  );
}

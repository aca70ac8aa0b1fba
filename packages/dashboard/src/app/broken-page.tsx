// What stands in the place of a page that could not be loaded or drawn; the navigation around it still works.
import type { ErrorComponentProps } from "@tanstack/react-router";
import { Link } from "@tanstack/react-router";
import { Unplug } from "lucide-react";
import type { ReactNode } from "react";
import { Button, buttonClasses } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Page } from "../ui/page.tsx";
import { brokenWords } from "./broken-words.ts";

/** Says what happened, and loads the page again: also where the router serves a newer console by now. */
export function BrokenPage({ error }: Pick<ErrorComponentProps, "error">): ReactNode {
  const { what, next } = brokenWords(error);
  return (
    <Page title="This page is not here now">
      <div role="alert">
        <EmptyState
          icon={<Unplug className="size-5" />}
          title={what}
          action={
            <>
              <Button variant="primary" onClick={() => location.reload()}>
                Load the page again
              </Button>
              <Link to="/" className={buttonClasses()}>
                All models
              </Link>
            </>
          }
        >
          {next}
        </EmptyState>
      </div>
    </Page>
  );
}

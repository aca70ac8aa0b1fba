// The navigation: beside the page on wide screens, in a drawer on narrow ones.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { PLACES } from "./places.ts";

/** The list of places; `onGo` is called when one was chosen. */
export function Navigation({ onGo }: { readonly onGo?: () => void }): ReactNode {
  return (
    <nav aria-label="Places" className="flex flex-col gap-5">
      {PLACES.map(({ title, places }) => (
        <div key={title} className="flex flex-col gap-0.5">
          <p className="px-3 pb-1 text-xs font-medium text-muted">{title}</p>
          {places.map(({ to, title: name, icon: Icon }) => (
            <Link
              key={to}
              to={to}
              {...(onGo !== undefined && { onClick: onGo })}
              activeOptions={{ exact: to === "/", includeSearch: false }}
              activeProps={{ className: "bg-accent-soft text-accent", "aria-current": "page" }}
              inactiveProps={{ className: "text-muted hover:bg-sunken hover:text-ink" }}
              className="flex items-center gap-3 rounded-lg px-3 py-2 text-sm font-medium"
            >
              <Icon aria-hidden className="size-4" />
              {name}
            </Link>
          ))}
        </div>
      ))}
    </nav>
  );
}

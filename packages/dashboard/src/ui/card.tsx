// Cards: the grounds on which things that belong together stand.
import type { ReactNode } from "react";
import { classes } from "./class-names.ts";

interface CardProps {
  readonly title?: ReactNode;
  /** What stands beside the title: a button, a choice. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
  /** Whether what is inside goes to the edges, as tables do. */
  readonly isFlush?: boolean;
}

/** A card, which is a section of its page where it has a title. */
export function Card({ title, aside, children, className, isFlush = false }: CardProps): ReactNode {
  return (
    <section
      className={classes(
        "rounded-card border border-line bg-surface shadow-card",
        isFlush && "overflow-hidden",
        className,
      )}
    >
      {title !== undefined && (
        <header className="flex flex-wrap items-center justify-between gap-3 px-5 pt-4">
          <h2 className="text-base font-semibold">{title}</h2>
          {aside}
        </header>
      )}
      <div className={isFlush ? "mt-3" : "p-5"}>{children}</div>
    </section>
  );
}

// Tabs: the parts of a page of which one is shown.
import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";

/** One part of a page, with the title of its tab. */
export interface Tab {
  readonly id: string;
  readonly title: string;
  readonly content: ReactNode;
}

interface TabsProps {
  readonly label: string;
  readonly tabs: readonly Tab[];
  readonly selected: string;
  readonly onSelect: (id: string) => void;
}

/** A row of tabs, and the content of the selected one. */
export function Tabs({ label, tabs, selected, onSelect }: TabsProps): ReactNode {
  return (
    <Radix.Root value={selected} onValueChange={onSelect} className="flex flex-col gap-5">
      <Radix.List aria-label={label} className="flex gap-1 overflow-x-auto border-b border-line">
        {tabs.map(({ id, title }) => (
          <Radix.Trigger
            key={id}
            value={id}
            className="-mb-px border-b-2 border-transparent px-3 py-2 focus-visible:-outline-offset-2 text-sm font-medium whitespace-nowrap text-muted hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink"
          >
            {title}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map(({ id, content }) => (
        <Radix.Content key={id} value={id} className="flex flex-col gap-5 focus-visible:outline-offset-4">
          {content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}

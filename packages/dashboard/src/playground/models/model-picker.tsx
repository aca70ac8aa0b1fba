// The button that says which model is asked, and opens the list of all.
import { ChevronsUpDown } from "lucide-react";
import { Popover } from "radix-ui";
import type { ReactNode } from "react";
import { useState } from "react";
import { buttonClasses } from "../../ui/button.tsx";
import { classes } from "../../ui/class-names.ts";
import { ModelOptions } from "./model-options.tsx";

interface ModelPickerProps {
  /** What it is for: `Model`, `Second model`. */
  readonly label: string;
  readonly model: string | undefined;
  readonly onPick: (model: string) => void;
}

/** Shows the model, and lets another be picked. */
export function ModelPicker({ label, model, onPick }: ModelPickerProps): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Popover.Root open={isOpen} onOpenChange={setIsOpen}>
      <Popover.Trigger className={classes(buttonClasses(), "min-w-44 flex-1 shrink justify-between! sm:max-w-sm")}>
        <span className="sr-only">{label}: </span>
        <span className={classes("min-w-0 truncate", model === undefined && "text-muted")}>
          {model ?? "Choose a model"}
        </span>
        <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-muted" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={6}
          aria-label={label}
          className="z-50 w-[max(var(--radix-popover-trigger-width),min(27rem,calc(100vw-2rem)))] overflow-hidden rounded-xl border border-line bg-surface shadow-card"
        >
          <ModelOptions
            selected={model}
            onSelect={(picked) => {
              setIsOpen(false);
              onPick(picked);
            }}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

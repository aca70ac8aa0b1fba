// A choice of a few that are all seen: pressed together, of which one is chosen. The arrow keys choose another.
import type { ReactNode } from "react";
import { useId } from "react";
import { classes } from "./class-names.ts";

interface SegmentsProps<Id extends string> {
  /** What is chosen: `Period`. */
  readonly label: string;
  readonly options: readonly { readonly id: Id; readonly title: string }[];
  readonly selected: Id;
  readonly onSelect: (id: Id) => void;
}

/** The choice; to who cannot see it, a group of radio buttons. */
export function Segments<Id extends string>({ label, options, selected, onSelect }: SegmentsProps<Id>): ReactNode {
  const name = useId();
  return (
    <fieldset className="inline-flex rounded-lg border border-line bg-sunken p-0.5">
      <legend className="sr-only">{label}</legend>
      {options.map(({ id, title }) => (
        <label
          key={id}
          className={classes(
            "cursor-pointer rounded-md px-2.5 py-1 pointer-coarse:py-1.5 text-[0.8125rem] font-medium whitespace-nowrap has-focus-visible:outline-2 has-focus-visible:outline-offset-1 has-focus-visible:outline-accent",
            id === selected ? "bg-accent-soft text-accent" : "text-muted hover:text-ink",
          )}
        >
          <input
            type="radio"
            name={name}
            value={id}
            checked={id === selected}
            onChange={() => onSelect(id)}
            className="sr-only"
          />
          {title}
        </label>
      ))}
    </fieldset>
  );
}

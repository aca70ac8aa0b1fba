// A narrow choice above a list: all, or one.
import type { ReactNode } from "react";

interface FilterSelectProps {
  /** What is chosen, for who cannot see the choice: `Model`. */
  readonly label: string;
  /** The words for no choice: `All models`. */
  readonly all: string;
  readonly value: string | undefined;
  readonly options: readonly { readonly id: string; readonly name: string }[];
  readonly onSelect: (id: string | undefined) => void;
}

/** The choice; what is chosen stays among the options, also where the list does not have it. */
export function FilterSelect({ label, all, value = "", options, onSelect }: FilterSelectProps): ReactNode {
  const isKnown = value === "" || options.some(({ id }) => id === value);
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => onSelect(event.target.value === "" ? undefined : event.target.value)}
      className="h-8 max-w-44 rounded-lg pointer-coarse:h-9 border border-line-strong bg-surface px-2 text-[0.8125rem] text-ink"
    >
      <option value="">{all}</option>
      {!isKnown && <option value={value}>{value}</option>}
      {options.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}

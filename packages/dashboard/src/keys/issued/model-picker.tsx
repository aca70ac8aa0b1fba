// The models a key may call: all of them, or those that are picked.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useId, useState } from "react";
import { TextField } from "../../ui/field.tsx";
import { modelsOnSaleQuery } from "../models-on-sale.ts";
import { offeredModels } from "./model-choice.ts";

interface ModelPickerProps {
  /** The ids that are picked; null for all models. */
  readonly picked: readonly string[] | null;
  readonly fault: string | undefined;
  readonly onChange: (picked: readonly string[] | null) => void;
}

interface RowProps {
  readonly id: string;
  readonly note?: string;
  readonly isPicked: boolean;
  readonly onPick: () => void;
}

function Row({ id, note, isPicked, onPick }: RowProps): ReactNode {
  return (
    <li>
      <label className="flex items-start gap-2.5 rounded-md px-2 py-1.5 hover:bg-sunken">
        <input
          type="checkbox"
          checked={isPicked}
          onChange={onPick}
          className="mt-1 size-4 shrink-0 accent-(--accent)"
        />
        <span className="min-w-0 text-sm break-all">
          {id}
          {note !== undefined && <span className="text-muted"> {note}</span>}
        </span>
      </label>
    </li>
  );
}

function Choice({ picked, onChange }: Pick<ModelPickerProps, "onChange"> & { picked: readonly string[] }): ReactNode {
  const [search, setSearch] = useState("");
  const { data = [], isPending } = useQuery(modelsOnSaleQuery);
  const { found, more, typed } = offeredModels(
    data.map(({ id }) => id),
    picked,
    search,
  );
  const pick = (id: string) => (): void => onChange([...picked, id]);
  return (
    <div className="flex flex-col gap-2">
      <TextField
        label="Search models"
        type="search"
        value={search}
        placeholder="author/model"
        onChange={(event) => setSearch(event.target.value)}
      />
      <ul className="max-h-52 overflow-y-auto rounded-lg border border-line p-1" aria-label="Models">
        {picked.map((id) => (
          <Row key={id} id={id} isPicked onPick={() => onChange(picked.filter((other) => other !== id))} />
        ))}
        {typed !== undefined && !isPending && (
          <Row key={typed} id={typed} note="not on sale here now" isPicked={false} onPick={pick(typed)} />
        )}
        {found.map((id) => (
          <Row key={id} id={id} isPicked={false} onPick={pick(id)} />
        ))}
        {found.length === 0 && typed === undefined && (
          <li className="px-2 py-1.5 text-sm text-muted">
            {isPending ? "Loading the models" : "No other model fits."}
          </li>
        )}
        {more > 0 && <li className="px-2 py-1.5 text-sm text-muted">{more} more fit: type more of the name.</li>}
      </ul>
    </div>
  );
}

/** Lets all models or some be picked. */
export function ModelPicker({ picked, fault, onChange }: ModelPickerProps): ReactNode {
  const id = useId();
  const option = (isAll: boolean, words: string): ReactNode => (
    <label className="flex items-center gap-2.5 text-sm">
      <input
        type="radio"
        name={id}
        className="size-4 accent-(--accent)"
        checked={(picked === null) === isAll}
        onChange={() => onChange(isAll ? null : [])}
      />
      {words}
    </label>
  );
  return (
    <fieldset
      className="flex min-w-0 flex-col gap-2"
      aria-describedby={fault === undefined ? undefined : `${id}-fault`}
    >
      <legend className="mb-1.5 text-sm font-medium">Models it may call</legend>
      {option(true, "All models, also those to come")}
      {option(false, "Only these")}
      {picked !== null && <Choice picked={picked} onChange={onChange} />}
      {fault !== undefined && (
        <p id={`${id}-fault`} role="alert" className="text-[0.8125rem] text-bad">
          {fault}
        </p>
      )}
    </fieldset>
  );
}

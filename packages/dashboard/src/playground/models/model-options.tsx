// The list of the model picker: a field to type in, and what it finds.
import { Image } from "lucide-react";
import type { KeyboardEvent, ReactNode } from "react";
import { useEffect, useId, useRef, useState } from "react";
import { systemClock } from "@aimo-network/protocol/clock";
import { perMillion } from "../../ui/amount-text.ts";
import { classes } from "../../ui/class-names.ts";
import { FaultNotice } from "../../ui/fault-notice.tsx";
import { SEARCH_DELAY_MS } from "../limits.ts";
import { countText } from "../chat/pace.ts";
import type { ListedModel } from "./model-facts.ts";
import { useFoundModels } from "./model-queries.ts";
import { movedCursor } from "./option-cursor.ts";

interface ModelOptionsProps {
  readonly selected: string | undefined;
  readonly onSelect: (model: string) => void;
}

/** What was typed, once typing pauses. */
function useSettled(typed: string): string {
  const [settled, setSettled] = useState(typed);
  useEffect(() => {
    const timer = systemClock.timer(SEARCH_DELAY_MS, () => setSettled(typed));
    return () => timer.cancel();
  }, [typed]);
  return settled;
}

function OptionRow({ model, isSelected }: { readonly model: ListedModel; readonly isSelected: boolean }): ReactNode {
  const { id, pricing, architecture } = model;
  return (
    <>
      <span className="flex min-w-0 items-center gap-1.5">
        <span className={classes("min-w-0 truncate", isSelected && "font-semibold")}>{id}</span>
        {architecture.input_modalities.includes("image") && (
          <Image aria-label="takes images" className="size-3.5 shrink-0 text-muted" />
        )}
      </span>
      <span className="figures shrink-0 text-xs text-muted">
        {perMillion(pricing.prompt)} in · {perMillion(pricing.completion)} out
      </span>
    </>
  );
}

function footWords(models: readonly ListedModel[] | undefined, count: number): string {
  if (models === undefined) return "Asking for the models";
  if (models.length === 0) return "No model has this name here.";
  if (count <= models.length) return "Prices in USDC per million tokens.";
  return `${models.length} of ${countText(count)} models; type to find others. Prices in USDC per million tokens.`;
}

/** The field and the list, as a combobox whose list stays open; arrows move, Enter chooses. */
export function ModelOptions({ selected, onSelect }: ModelOptionsProps): ReactNode {
  const id = useId();
  const [typed, setTyped] = useState("");
  const { models, count, error, retry } = useFoundModels(useSettled(typed.trim()));
  const [cursor, setCursor] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const options = models ?? [];
  const at = Math.min(cursor, Math.max(0, options.length - 1));
  useEffect(() => {
    list.current?.querySelector(`#${CSS.escape(`${id}-${at}`)}`)?.scrollIntoView({ block: "nearest" });
  }, [id, at]);

  const press = (event: KeyboardEvent): void => {
    const moved = movedCursor(at, event.key, options.length);
    if (moved !== undefined) setCursor(moved);
    else if (event.key === "Enter" && options[at] !== undefined) onSelect(options[at].id);
    else return;
    event.preventDefault();
  };
  return (
    <div className="flex max-h-[min(26rem,60dvh)] flex-col">
      <input
        role="combobox"
        aria-label="Search models"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={options.length > 0 ? `${id}-${at}` : undefined}
        placeholder="Search models"
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setCursor(0);
        }}
        onKeyDown={press}
        className="h-11 w-full shrink-0 border-b border-line bg-transparent px-3.5 text-sm outline-none placeholder:text-muted"
      />
      {error !== null && error !== undefined && <FaultNotice fault={error} onRetry={retry} />}
      <ul
        ref={list}
        role="listbox"
        id={`${id}-list`}
        aria-label="Models"
        className="min-h-0 flex-1 overflow-y-auto p-1"
      >
        {options.map((model, index) => (
          <li
            key={model.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={model.id === selected}
            onClick={() => onSelect(model.id)}
            onPointerMove={() => setCursor(index)}
            className={classes(
              "flex cursor-pointer items-center justify-between gap-4 rounded-md px-2.5 py-2 text-sm",
              index === at && "bg-sunken",
            )}
          >
            <OptionRow model={model} isSelected={model.id === selected} />
          </li>
        ))}
      </ul>
      <p role="status" className="shrink-0 border-t border-line px-3.5 py-2 text-xs text-muted">
        {footWords(models, count)}
      </p>
    </div>
  );
}

// The filters of the market, all of which are in its address.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { answerOf, routerApi } from "../api/router-api.ts";
import { classes } from "../ui/class-names.ts";
import { CheckField, SelectField, TextField } from "../ui/field.tsx";
import { contextText } from "./figures.ts";
import { AUTHORS_KEPT_MS, PAGE_MODELS_MAX } from "./limits.ts";
import { ABILITIES, CONTEXTS, MODALITIES, isPrice, toggled } from "./market-search.ts";
import type { MarketSearch } from "./market-search.ts";
import { useTypedText } from "./use-typed-text.ts";

interface FilterProps {
  readonly search: MarketSearch;
  readonly onChange: (search: MarketSearch) => void;
}

interface ChoiceProps extends FilterProps {
  readonly title: string;
  readonly list: "input" | "output" | "can";
  readonly names: readonly (readonly [name: string, words: string])[];
}

/** Several names, each of which can be pressed. */
function Choice({ title, list, names, search, onChange }: ChoiceProps): ReactNode {
  const chosen = search[list]?.split(",") ?? [];
  return (
    <fieldset className="min-w-0">
      <legend className="pb-1.5 text-sm font-medium">{title}</legend>
      <div className="flex flex-wrap gap-1.5">
        {names.map(([name, words]) => (
          <button
            key={name}
            type="button"
            aria-pressed={chosen.includes(name)}
            onClick={() => onChange(toggled(search, list, name))}
            className={classes(
              "h-8 rounded-lg pointer-coarse:h-9 border px-2.5 text-[0.8125rem] font-medium transition-colors",
              chosen.includes(name)
                ? "border-accent bg-accent-soft text-accent"
                : "border-line-strong text-muted hover:bg-sunken hover:text-ink",
            )}
          >
            {words}
          </button>
        ))}
      </div>
    </fieldset>
  );
}

/** Who has made the models on sale, with how many; asked when the filters are opened. */
function useAuthors(): readonly (readonly [author: string, models: number])[] {
  const { data } = useQuery({
    queryKey: ["models", "authors"],
    queryFn: () => answerOf(routerApi.GET("/api/v1/models", { params: { query: { limit: PAGE_MODELS_MAX } } })),
    staleTime: AUTHORS_KEPT_MS,
  });
  const counts = new Map<string, number>();
  for (const { owned_by: author } of data?.data ?? []) counts.set(author, (counts.get(author) ?? 0) + 1);
  return [...counts].toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function AuthorField({ search, onChange }: FilterProps): ReactNode {
  const authors = useAuthors();
  const isListed = search.author === undefined || authors.some(([author]) => author === search.author);
  return (
    <SelectField
      label="Author"
      value={search.author ?? ""}
      onChange={({ target }) => onChange({ ...search, author: target.value === "" ? undefined : target.value })}
    >
      <option value="">All authors</option>
      {!isListed && <option value={search.author}>{search.author}</option>}
      {authors.map(([author, models]) => (
        <option key={author} value={author}>
          {author} ({models})
        </option>
      ))}
    </SelectField>
  );
}

function ContextField({ search, onChange }: FilterProps): ReactNode {
  const { context } = search;
  const known: readonly number[] = CONTEXTS;
  const shown = context === undefined || known.includes(context) ? known : [context, ...known];
  return (
    <SelectField
      label="Context"
      value={context ?? ""}
      onChange={({ target }) => {
        const tokens = shown.find((count) => String(count) === target.value);
        onChange({ ...search, context: tokens });
      }}
    >
      <option value="">Any length</option>
      {shown.map((tokens) => (
        <option key={tokens} value={tokens}>
          {contextText(tokens)} tokens or more
        </option>
      ))}
    </SelectField>
  );
}

function PriceField({ search, onChange }: FilterProps): ReactNode {
  const [text, change] = useTypedText(search.max_price ?? "", (typed) => {
    if (isPrice(typed)) onChange({ ...search, max_price: typed === "" ? undefined : typed });
  });
  return (
    <TextField
      label="Highest input price"
      inputMode="decimal"
      placeholder="USDC per million tokens"
      value={text}
      onChange={({ target }) => change(target.value.trim())}
      fault={isPrice(text) ? undefined : "A decimal such as 0.5, with at most six places."}
    />
  );
}

/** All filters, each of which changes the address at once. */
export function FilterPanel({ search, onChange }: FilterProps): ReactNode {
  const both = { search, onChange };
  const modalities = MODALITIES.map((name) => [name, name[0]?.toUpperCase() + name.slice(1)] as const);
  return (
    <div className="grid gap-5 rounded-card border border-line bg-surface p-5 sm:grid-cols-2 lg:grid-cols-3">
      <Choice title="Takes" list="input" names={modalities} {...both} />
      <Choice title="Gives" list="output" names={modalities} {...both} />
      <Choice title="Can" list="can" names={ABILITIES} {...both} />
      <AuthorField {...both} />
      <ContextField {...both} />
      <PriceField {...both} />
      <div className="sm:col-span-2 lg:col-span-3">
        <CheckField
          label="Verified only"
          hint="The router has examined an offer of the model, and it can do what it says."
          checked={search.verified === true}
          onChange={({ target }) => onChange({ ...search, verified: target.checked ? true : undefined })}
        />
      </div>
    </div>
  );
}

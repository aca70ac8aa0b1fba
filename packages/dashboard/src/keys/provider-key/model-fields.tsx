// The model that a config sells, to be typed beside it.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { CheckField, TextField } from "../../ui/field.tsx";
import { modelsOnSaleQuery } from "../models-on-sale.ts";
import type { ModelDraft, ModelFaults } from "./config-draft.ts";
import { withUpstreamModel } from "./config-draft.ts";

interface ModelFieldsProps {
  readonly draft: ModelDraft;
  readonly faults: ModelFaults;
  readonly onChange: (draft: ModelDraft) => void;
}

/** What others take for the model, in words; undefined where nobody sells it here. */
function usePriceWords({ author, slug }: ModelDraft): string | undefined {
  const id = `${author.trim() || "community"}/${slug.trim()}`.toLowerCase();
  const { data } = useQuery(modelsOnSaleQuery);
  const price = data?.find((model) => model.id === id);
  return price && `Others take ${price.prompt} in and ${price.completion} out here.`;
}

/** The fields; the config follows them at once. */
export function ModelFields({ draft, faults, onChange }: ModelFieldsProps): ReactNode {
  const change = (part: Partial<ModelDraft>): void => onChange({ ...draft, ...part });
  const others = usePriceWords(draft);
  const field = (name: keyof ModelFaults) => ({
    value: draft[name],
    fault: faults[name],
    onChange: (event: { target: { value: string } }) => change({ [name]: event.target.value }),
  });
  return (
    <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2">
      <div className="sm:col-span-2">
        <TextField
          label="Address of your model API"
          type="url"
          hint="OpenAI-compatible, without /chat/completions. Only your proxy calls it."
          {...field("upstreamUrl")}
        />
      </div>
      <TextField
        label="Model, as your API calls it"
        {...field("upstreamModel")}
        onChange={(event) => onChange(withUpstreamModel(draft, event.target.value))}
      />
      <TextField label="Context length in tokens" inputMode="numeric" {...field("contextLength")} />
      <TextField label="Author" placeholder="community" {...field("author")} />
      <TextField label="Name on the market" {...field("slug")} />
      <TextField label="Price in, per million tokens" inputMode="decimal" {...field("prompt")} />
      <TextField label="Price out, per million tokens" inputMode="decimal" {...field("completion")} />
      <p className="text-[0.8125rem] text-muted sm:col-span-2">
        Users ask for{" "}
        <span className="font-mono break-all text-ink">
          {(draft.author.trim() || "community").toLowerCase()}/{draft.slug.trim().toLowerCase()}
        </span>
        . Prices are USDC. {others}
      </p>
      <div className="sm:col-span-2">
        <CheckField
          label="My API wants a key"
          hint="It is read from the variable UPSTREAM_API_KEY and is in no file."
          checked={draft.wantsKey}
          onChange={(event) => change({ wantsKey: event.target.checked })}
        />
      </div>
    </div>
  );
}

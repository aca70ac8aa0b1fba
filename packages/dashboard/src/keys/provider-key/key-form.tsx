// What a provider key will be, to be typed and ticked.
import type { ReactNode } from "react";
import { VALID_DAYS_MAX } from "@aimo-network/protocol/keys/key-content";
import { CheckField, TextField } from "../../ui/field.tsx";
import type { ProviderKeyDraft, ProviderKeyFaults } from "./key-draft.ts";

interface KeyFormProps {
  readonly draft: ProviderKeyDraft;
  readonly faults: ProviderKeyFaults;
  readonly onChange: (draft: ProviderKeyDraft) => void;
}

/** The fields of a provider key. */
export function KeyForm({ draft, faults, onChange }: KeyFormProps): ReactNode {
  const change = (part: Partial<ProviderKeyDraft>): void => onChange({ ...draft, ...part });
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="Tag"
          value={draft.isFirstGeneration ? "" : draft.tag}
          disabled={draft.isFirstGeneration}
          placeholder={draft.isFirstGeneration ? "none" : ""}
          hint="Tells your keys apart: a-z, 0-9 and _."
          fault={faults.tag}
          onChange={(event) => change({ tag: event.target.value })}
        />
        <TextField
          label="Valid for, in days"
          value={draft.days}
          inputMode="numeric"
          hint={`At most ${VALID_DAYS_MAX}.`}
          fault={faults.days}
          onChange={(event) => change({ days: event.target.value })}
        />
      </div>
      <CheckField
        label="Earn only"
        hint="The key serves models and can never spend, whoever gets hold of it."
        checked={draft.isEarnOnly}
        onChange={(event) => change({ isEarnOnly: event.target.checked })}
      />
      {!draft.isEarnOnly && (
        <TextField
          label="Spending limit in USDC, over its whole life"
          value={draft.limit}
          inputMode="decimal"
          placeholder="no limit"
          hint="Whoever gets hold of this key can spend your balance here, up to the limit."
          fault={faults.limit}
          onChange={(event) => change({ limit: event.target.value })}
        />
      )}
      <CheckField
        label="For a first-generation proxy"
        hint="aimo-proxy up to 0.4 reads no key with a tag. Leave it off for any newer one."
        checked={draft.isFirstGeneration}
        onChange={(event) => change({ isFirstGeneration: event.target.checked })}
      />
    </>
  );
}

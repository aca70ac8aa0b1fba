// What an issued key may: its name, limit, end and models.
import type { ReactNode } from "react";
import { CheckField, SelectField, TextField } from "../../ui/field.tsx";
import { dayText } from "../../ui/time-text.ts";
import type { LimitReset } from "../key-record.ts";
import type { KeyDraft, KeyFaults } from "./key-draft.ts";
import { ModelPicker } from "./model-picker.tsx";

interface IssuedKeyFormProps {
  readonly draft: KeyDraft;
  readonly faults: KeyFaults;
  readonly onChange: (draft: KeyDraft) => void;
  /** When the key ends already; undefined for a key that is not there yet. */
  readonly endsAt?: string | null;
}

const RESETS: readonly (readonly [value: string, words: string])[] = [
  ["", "Never: for its whole life"],
  ["daily", "Every day"],
  ["weekly", "Every Monday"],
  ["monthly", "Every month"],
];
const DAYS: readonly (readonly [value: string, words: string])[] = [
  ["never", "Never"],
  ["7", "In 7 days"],
  ["30", "In 30 days"],
  ["90", "In 90 days"],
  ["365", "In 365 days"],
  ["date", "After a day of your choice"],
];

function options(values: typeof DAYS): ReactNode {
  return values.map(([value, words]) => (
    <option key={value} value={value}>
      {words}
    </option>
  ));
}

/** The fields of an issued key; with `endsAt` it is one that is changed, and can be disabled. */
export function IssuedKeyForm({ draft, faults, onChange, endsAt }: IssuedKeyFormProps): ReactNode {
  const change = (part: Partial<KeyDraft>): void => onChange({ ...draft, ...part });
  const keep = typeof endsAt === "string" ? ([["keep", `On ${dayText(endsAt)}, as it is`]] as const) : [];
  return (
    <>
      <TextField
        label="Name"
        value={draft.name}
        placeholder="my laptop"
        hint="For you to know it by."
        fault={faults.name}
        onChange={(event) => change({ name: event.target.value })}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="Limit in USDC"
          value={draft.limit}
          inputMode="decimal"
          placeholder="no limit"
          hint="What it may spend at most."
          fault={faults.limit}
          onChange={(event) => change({ limit: event.target.value })}
        />
        <SelectField
          label="Limit begins anew"
          value={draft.reset ?? ""}
          disabled={draft.limit.trim() === ""}
          hint="By UTC."
          onChange={(event) => change({ reset: event.target.value === "" ? null : (event.target.value as LimitReset) })}
        >
          {options(RESETS)}
        </SelectField>
        <SelectField
          label="Ends"
          value={draft.expiry}
          fault={faults.expiry}
          onChange={(event) => change({ expiry: event.target.value })}
        >
          {options([...keep, ...DAYS])}
        </SelectField>
        {draft.expiry === "date" && (
          <TextField
            label="Its last day"
            type="date"
            value={draft.lastDay}
            hint="By UTC, to the end of the day."
            fault={faults.lastDay}
            onChange={(event) => change({ lastDay: event.target.value })}
          />
        )}
      </div>
      <ModelPicker picked={draft.models} fault={faults.models} onChange={(models) => change({ models })} />
      {endsAt !== undefined && (
        <CheckField
          label="Disabled"
          hint="Requests with it are refused until it is enabled again."
          checked={draft.isDisabled}
          onChange={(event) => change({ isDisabled: event.target.checked })}
        />
      )}
    </>
  );
}

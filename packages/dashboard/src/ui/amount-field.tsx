// A field for an amount of USDC, with a button for all there is.
import type { ReactNode } from "react";
import { formatMicroUsdc, microUsdc } from "@aimo-network/protocol/money";
import { Amount } from "./amount.tsx";
import { Button } from "./button.tsx";
import { Field } from "./field.tsx";

interface AmountFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** All there is, in micro-USDC; the button is missing where nobody knows. */
  readonly most: bigint | undefined;
  /** What that is: `in your wallet`. */
  readonly mostWords: string;
  readonly hint?: ReactNode;
  readonly fault: string | undefined;
}

/** The field with its hint, and what is wrong with what was typed. */
export function AmountField({ value, onChange, most, mostWords, hint, fault }: AmountFieldProps): ReactNode {
  const all = most === undefined ? undefined : formatMicroUsdc(microUsdc(most));
  const hints = (
    <>
      {hint}
      {all !== undefined && (
        <>
          {hint !== undefined && " "}
          <Amount usdc={all} /> {mostWords}.
        </>
      )}
    </>
  );
  return (
    <Field label="Amount in USDC" hint={hints} fault={fault}>
      {(attributes) => (
        <div className="relative">
          <input
            {...attributes}
            type="text"
            inputMode="decimal"
            autoComplete="off"
            spellCheck={false}
            placeholder="0.00"
            value={value}
            onChange={(event) => onChange(event.target.value)}
            className="figures h-12 w-full rounded-lg border border-line-strong bg-surface pr-20 pl-3 text-lg text-ink placeholder:text-muted aria-[invalid=true]:border-bad"
          />
          {all !== undefined && (
            <Button
              size="small"
              className="absolute top-1/2 right-2 -translate-y-1/2"
              aria-label={`Max: ${all} USDC ${mostWords}`}
              onClick={() => onChange(all)}
            >
              Max
            </Button>
          )}
        </div>
      )}
    </Field>
  );
}

// The form of the allowance: how much in all, and for how long.
import type { ReactNode } from "react";
import { useState } from "react";
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import { FormDialog } from "../ui/form-dialog.tsx";
import { TextField } from "../ui/field.tsx";
import { readTypedAmount, readTypedDays } from "./amount-input.ts";
import { ALLOWANCE_DAYS_MAX } from "./limits.ts";
import type { AllowanceChoice } from "./make-transactions.ts";
import { durationWords } from "./standing.ts";
import type { Standing, StandingEscrow } from "./standing.ts";

interface AllowanceDialogProps {
  readonly standing: Standing & { readonly escrow: StandingEscrow };
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onChange: (choice: AllowanceChoice) => void;
}

/** The dialog in which a new allowance is typed. */
export function AllowanceDialog({ standing, isOpen, onClose, onChange }: AllowanceDialogProps): ReactNode {
  const { allowance, settled, coming } = standing.escrow;
  const [text, setText] = useState(formatMicroUsdc(allowance.total));
  const [daysText, setDaysText] = useState("");
  const typed = readTypedAmount(text, { mayBeZero: true });
  const days = readTypedDays(daysText, ALLOWANCE_DAYS_MAX);
  const daysFault =
    daysText === "" || days !== undefined ? undefined : `Expected whole days, 1 to ${ALLOWANCE_DAYS_MAX}.`;
  const isLower = typed.amount !== undefined && typed.amount < allowance.total;
  const notice = durationWords(Number.parseInt(`${standing.terms.noticeS}`, 10) * 1_000);
  const isRight = typed.amount !== undefined && daysFault === undefined && !(isLower && coming !== undefined);
  const submit = (): void => {
    if (isRight) onChange({ total: typed.amount, days });
  };
  return (
    <FormDialog
      title="Change the allowance"
      lead={`The most that the router may ever settle. ${formatMicroUsdc(settled)} USDC were settled so far; they count.`}
      isOpen={isOpen}
      onClose={onClose}
      submitWords="Set the allowance"
      onSubmit={submit}
      isDisabled={!isRight}
    >
      <TextField
        label="In all, in USDC"
        inputMode="decimal"
        className="figures"
        value={text}
        onChange={(event) => setText(event.target.value)}
        fault={typed.fault}
      />
      <TextField
        label="Days from now"
        inputMode="numeric"
        placeholder="as it is"
        value={daysText}
        onChange={(event) => setDaysText(event.target.value)}
        hint="Left empty, its end stays as it is; one that has passed becomes a year from now."
        fault={daysFault}
      />
      <p className="text-sm text-muted">
        {isLower
          ? coming === undefined
            ? `This lowers it: it comes into force ${notice} after it has landed, so that what was answered meanwhile is still paid.`
            : "A lowering is on its way already; it can be lowered again once that is in force."
          : "A rise is in force at once. An earlier end, like a lower total, comes into force after the router’s notice."}
      </p>
    </FormDialog>
  );
}
